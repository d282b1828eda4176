"""Nothing lost, nothing printed twice: judged by comparing what the register, the store, the OFD and the tills saw."""
