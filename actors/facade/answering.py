"""How the facade answers in JSON."""

from quart import Response

from protocols import jsontext

JSON = "application/json; charset=utf-8"


def json_answer(body: object, status: int = 200) -> Response:
    return Response(jsontext.dumps(body), status, content_type=JSON)
