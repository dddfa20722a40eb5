"""Technical assistance without a database: stages and moves, forms of a diagnosis, fitting experts, reminders."""
