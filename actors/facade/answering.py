"""How the facade answers in JSON."""

from quart import Request, Response

from protocols import jsontext

JSON = "application/json; charset=utf-8"
LONGEST_CHOICE = 256  # characters; a choice among thousands is no browser's, and takes 30 ms to read


def json_answer(body: object, status: int = 200) -> Response:
    return Response(jsontext.dumps(body), status, content_type=JSON)


def takes_gzip(of: Request) -> bool:
    """Whether its client unpacks what is packed."""
    return len(of.headers.get("Accept-Encoding", "")) <= LONGEST_CHOICE and of.accept_encodings.quality("gzip") > 0
