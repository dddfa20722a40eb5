"""A rater's form as an Excel workbook: to be printed or filled in, and read back."""
