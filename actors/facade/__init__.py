"""FacadeActor: HTTP and websocket. It holds no state of its own and asks the others."""
