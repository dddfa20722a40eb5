"""How languages write moments, where Django has it otherwise than our readers do."""
