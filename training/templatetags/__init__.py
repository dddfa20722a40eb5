"""Tags of the training area's templates."""
