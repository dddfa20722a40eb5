"""What pages of the capacity app share: guards and what templates are given."""
