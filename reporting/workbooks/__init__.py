"""The return as an Excel workbook: written, opened with care, read, compared and handed back with remarks."""
