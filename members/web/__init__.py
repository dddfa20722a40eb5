"""Web helpers of the members app that every app's views may use."""
