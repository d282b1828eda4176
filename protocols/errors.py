"""The two roots that more than one room must know."""


class ProtocolError(Exception):
    """The peer sent what the protocol forbids; the message says what came and what was allowed."""


class FailStop(Exception):
    """No restart mends this: the process must end and begin again from what is on disk.

    Raised for an I/O error at commit, where neither "done" nor "not done" may be believed. Supervisors never
    restart a child that raised it; it travels to the top and ends the program.
    """
