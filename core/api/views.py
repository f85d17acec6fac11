"""The frame of every API view: who calls, how often, and refusals as problem documents."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.utils.cache import patch_cache_control
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import errors
from core.api.authentication import BearerAuthentication, refuse_unopened
from core.api.limits import Count, Limit, count
from core.api.parsers import ReadableJSON
from core.api.problems import answer_problem
from core.credentials import Credential
from core.errors import Refusal

ORDINARY = Limit("default", 600)


class ApiView(APIView):
    """A view that a key opens; subclasses say which kinds of keys in `authentication_classes`."""

    access_policy: ClassVar[str] = "key"
    limit: ClassVar[Limit] = ORDINARY
    # What the view refuses, whatever the method; its parents' come on top.
    refuses: ClassVar[tuple[Refusal, ...]] = ()
    # What was asked, as an `operation` read it.
    query: dict[str, Any]
    body: dict[str, Any]
    idempotency_key: str
    renderer_classes = (JSONRenderer,)
    parser_classes = (ReadableJSON,)
    permission_classes = ()
    throttle_classes = ()
    # No OPTIONS: nothing here is for browsers of other sites.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012
    metadata_class = None
    _count: Count | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            classes = cast(Sequence[type[BearerAuthentication]], self.authentication_classes)
            refuse_unopened(request, [each.model.KIND for each in classes])
        credential = cast(Credential, request.auth)
        self._count = count(self.limit, f"{credential.KIND}:{credential.pk}", time.time())
        self._count.check()
        self.admit(request)

    def admit(self, request: Request) -> None:
        """Refuse whom the key does not open this for."""

    def get_exception_handler(self) -> Any:
        return answer_problem

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self._count:
            for name, value in self._count.headers.items():
                answer.headers[name] = value
            if answer.status_code == errors.TOO_MANY_REQUESTS.status:
                answer.headers["Retry-After"] = str(self._count.seconds_left)
        if not answer.has_header("Cache-Control"):
            patch_cache_control(answer, private=True, no_store=True)
        return answer


class UnknownView(ApiView):
    """Every address below the API that is none: a problem document, not a page."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise errors.NOT_THERE.error()
