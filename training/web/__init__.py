"""What the pages of training share."""
