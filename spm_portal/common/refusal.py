"""The one way in which a service says no to a change that the state of things does not allow."""

from django.utils.functional import Promise


class Refused(Exception):
    """A change that cannot be made as things stand; `message` is for the person who asked and says what to do."""

    def __init__(self, message: "str | Promise") -> None:
        super().__init__(str(message))
        self.message = message
