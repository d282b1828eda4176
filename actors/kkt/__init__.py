"""KKTActor and its messages, one actor a register."""

from actors.kkt.actor import KKTActor, Message, NotReady, Policy, Print

__all__ = ["KKTActor", "Message", "NotReady", "Policy", "Print"]
