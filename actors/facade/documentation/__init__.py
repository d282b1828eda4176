"""What the OpenAPI document says of every call: rows beside those of `protocols.calls.CALLS`.

A new route gets a row here as it gets one there; a test names the one that is missing. It goes into the file of its tag
(a new file joins `table.OPERATIONS`), and says:

- its name (`operationId`), a summary, and what its reader must know besides;
- `sent`: the body's model as the handler reads it, with examples. A test posts each of them to the real facade;
- `query`: the model of its parameters;
- `told`: by status, the model of each answer that is no refusal (`protocols.api_answers`), with examples. A test holds
  each against its schema;
- `refused`: the codes of its own refusals, which stand with their status and meaning in `refusals.REFUSALS`. What any
  call may hear, and any with a body or a key, is added by itself;
- `keyed`: it wants an `Idempotency-Key`.

Who may make a call is not said here but in `protocols.calls`. Nothing of this is imported before somebody asks for the
document. The tests hold every answer that they get from a gateway against it, status, code and fields.
"""
