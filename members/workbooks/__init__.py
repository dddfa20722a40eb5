"""Opening Excel workbooks that somebody hands in, with care: for every app that takes them."""
