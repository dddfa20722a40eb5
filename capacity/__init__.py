"""The association assessed: six areas, plan, donor support."""
