"""FacadeActor: HTTP and websocket. It holds no state of its own and asks the others."""

from actors.facade.actor import FacadeActor
from actors.facade.reach import Reach

__all__ = ["FacadeActor", "Reach"]
