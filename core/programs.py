from django.http import HttpRequest


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program is answered, which has a key or nothing: no session and no cookie (D19)."""
    return request.path_info.startswith("/api/v")
