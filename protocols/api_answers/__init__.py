"""What every call of the HTTP API answers, as types: the source of `/openapi.json`.

Nothing is made from them at run time, where a sale must cost no more than its bytes. That the answers are as these
types say is held by the tests: every answer that the gateway gives in them is checked against the document.

A field without a default is in every such answer, null or not. One with the default None may be missing.
"""
