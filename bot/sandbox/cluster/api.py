"""The API server's HTTP side: authenticate, authorize, dispatch by verb, encode.

What an answer means is decided elsewhere.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from bot.sandbox.cluster import discovery, reviews
from bot.sandbox.cluster.admission import Admission, Warned
from bot.sandbox.cluster.failures import Failure, body_too_large, method_not_allowed, no_such_path, not_found
from bot.sandbox.cluster.faults import Dropped, Faults
from bot.sandbox.cluster.identity import User, impersonated
from bot.sandbox.cluster.kinds import POD, Kind
from bot.sandbox.cluster.logs import LogRequest, stream_log
from bot.sandbox.cluster.paging import page
from bot.sandbox.cluster.rbac import Attributes, Authorizer, forbidden
from bot.sandbox.cluster.requests import Body, Target, is_true, target_of, verb_of
from bot.sandbox.cluster.selectors import field_test, label_test
from bot.sandbox.cluster.tables import partial, table
from bot.sandbox.cluster.watching import Watch, check_options, lines, timeout_of
from bot.sandbox.cluster.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.cluster.identity import Users
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.pods import Log
    from bot.sandbox.cluster.storage import Stored

JSON_TYPE = {"Content-Type": "application/json"}
IMPERSONATION = "impersonate-on:user-info:{}"


class Api:
    def __init__(self, objects: Objects, users: Users, logs: Mapping[tuple[str, str], Log], faults: Faults) -> None:
        self._objects = objects
        self._users = users
        self._logs = logs
        self._faults = faults
        self._authorizer = Authorizer(objects)
        self._writer = Writer(objects, Admission(objects))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of any kind; every Failure becomes its Status."""
        try:
            user = self._users.authenticate(request.headers)
            await self._faults.meet()
            return await self._dispatch(request, user)
        except Dropped:
            if request.transport:
                request.transport.close()
            raise asyncio.CancelledError from None
        except Warned as warned:
            return _failed(warned.failure, warned.warnings)
        except Failure as failure:
            return _failed(failure)

    async def _dispatch(self, request: web.Request, user: User) -> web.StreamResponse:
        target = target_of(request.path)
        asked = Attributes(verb=request.method.lower(), path=request.path)
        if target is not None:
            asked = target.attributes(verb_of(request.method, target, request.query))
        user = self._acting(request, user, asked)
        self._authorizer.require(user, asked)
        if target is None:
            return self._discover(request)
        if target.kind is None:
            body = await self._body(request)
            return _answer(201, reviews.reviewed(self._authorizer, user, target, body.document(target)))
        match asked.verb:
            case "get" if target.subresource == "log" and target.kind is POD:
                return await stream_log(request, self._log_request(request, target))
            case "get":
                return self._get(request, target, target.kind)
            case "list":
                return self._list(request, target, target.kind)
            case "watch":
                return await self._watch(request, target, target.kind)
            case "create" | "update" | "patch" | "delete" | "deletecollection" as verb:
                return await self._write(request, target, verb, user)
            case _:
                raise method_not_allowed()

    def _acting(self, request: web.Request, user: User, asked: Attributes) -> User:
        """The user to decide for: the impersonated one, if the real one may impersonate."""
        wanted = impersonated(request.headers)
        if wanted is None:
            return user
        for resource, names in (("users", (wanted.name,)), ("groups", wanted.groups[:-1])):
            for name in names:
                needed = Attributes(verb="impersonate", resource=resource, name=name)
                if not self._authorizer.decide(user, needed).allowed:
                    raise forbidden(user, _as_impersonation(asked))
        return wanted

    async def _body(self, request: web.Request) -> Body:
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise body_too_large() from error
        return Body(content, request.headers.get("Content-Type", "").partition(";")[0].strip())

    def _discover(self, request: web.Request) -> web.Response:
        path = request.path
        if path in {"/healthz", "/livez", "/readyz"}:
            return web.Response(text="ok")
        if request.method not in {"GET", "HEAD"}:
            raise method_not_allowed()
        document = discovery.document(path, f"http://{request.host}")
        if document is None:
            raise no_such_path()
        return _answer(200, document)

    def _get(self, request: web.Request, target: Target, kind: Kind) -> web.Response:
        namespace = target.namespace if kind.namespaced else ""
        stored = self._objects.storage.get(kind, namespace, target.name)
        if stored is None:
            raise not_found(kind, target.name)
        form, include = _form(request)
        match form:
            case "Table":
                metadata = {"resourceVersion": stored.object["metadata"]["resourceVersion"]}
                return _answer(200, table(kind, [stored.object], metadata, include=include))
            case "PartialObjectMetadata":
                return _answer(200, partial(stored.object))
            case _:
                return _encoded(200, stored.encoded)

    def _list(self, request: web.Request, target: Target, kind: Kind) -> web.Response:
        taken, metadata = page(
            self._objects.storage, kind, target.namespace, request.query, _matcher(request.query, kind)
        )
        form, include = _form(request)
        match form:
            case "Table":
                metadata = {field: value for field, value in metadata.items() if value}
                return _answer(200, table(kind, (stored.object for stored in taken), metadata, include=include))
            case "PartialObjectMetadataList":
                items = [partial(stored.object) for stored in taken]
                return _answer(
                    200, {"kind": form, "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items}
                )
            case _:
                return _encoded(200, _encoded_list(kind, taken, metadata))

    async def _watch(self, request: web.Request, target: Target, kind: Kind) -> web.StreamResponse:
        query = request.query
        check_options(query)
        matches = _matcher(query, kind)
        if target.name:
            matches = _named(target.name, matches)
        form, include = _form(request)
        version = query.get("resourceVersion", "")
        initial = is_true(query.get("sendInitialEvents"))
        watch = Watch(
            kind=kind,
            namespace=target.namespace if kind.namespaced else "",
            matches=matches or (lambda _: True),
            form=form.removesuffix("List"),
            include=include,
            since=None if initial or version in {"", "0"} else int(version),
            initial=initial,
            bookmarks=is_true(query.get("allowWatchBookmarks")) or initial,
            seconds=timeout_of(query),
        )
        response = web.StreamResponse(headers=JSON_TYPE)
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            async for line in lines(self._objects.storage, watch):
                await response.write(line)
            await response.write_eof()
        except ConnectionError:
            pass  # the watcher has gone; that is how watches end
        return response

    async def _write(self, request: web.Request, target: Target, verb: str, user: User) -> web.Response:
        body = await self._body(request)
        match verb:
            case "create":
                obj, warnings = self._writer.create(target, body, request.query, user.name)
                return _answer(201, obj, warnings)
            case "update":
                obj, warnings = self._writer.update(target, body, request.query, user.name)
                return _answer(200, obj, warnings)
            case "patch":
                created, obj, warnings = self._writer.patch(target, body, request.query, user.name)
                return _answer(201 if created else 200, obj, warnings)
            case "delete":
                return _answer(200, self._writer.delete(target, body, request.query))
            case _:
                matches = _matcher(request.query, self._kind(target))
                return _answer(200, self._writer.delete_all(target, body, request.query, matches))

    def _kind(self, target: Target) -> Kind:
        if target.kind is None:
            raise no_such_path()
        return target.kind

    def _log_request(self, request: web.Request, target: Target) -> LogRequest:
        pod = self._objects.must_get(POD, target.namespace, target.name)
        return LogRequest.of(request.query, pod, self._logs.get((target.namespace, target.name)))


def _as_impersonation(asked: Attributes) -> Attributes:
    """What a user lacks who may not impersonate for a request: the right to do it on behalf of somebody."""
    return Attributes(
        verb=IMPERSONATION.format(asked.verb),
        group=asked.group,
        resource=asked.resource,
        subresource=asked.subresource,
        namespace=asked.namespace,
        name=asked.name,
        path=asked.path,
    )


def _matcher(query: Mapping[str, str], kind: Kind) -> Callable[[JSON], bool] | None:
    labels, fields = query.get("labelSelector"), query.get("fieldSelector")
    if not labels and not fields:
        return None
    by_label, by_field = label_test(labels or ""), field_test(fields or "", kind)
    return lambda obj: by_label(obj["metadata"].get("labels") or {}) and by_field(obj)


def _named(name: str, matches: Callable[[JSON], bool] | None) -> Callable[[JSON], bool]:
    return lambda obj: obj["metadata"]["name"] == name and (matches is None or matches(obj))


def _form(request: web.Request) -> tuple[str, str]:
    """How the client wants objects: the first form of its Accept header that this server knows, and includeObject."""
    for accepted in request.headers.get("Accept", "").split(","):
        options = dict(option.strip().partition("=")[::2] for option in accepted.split(";")[1:])
        if options.get("g") == "meta.k8s.io" and options.get("v") == "v1":
            return options.get("as", ""), request.query.get("includeObject", "Metadata")
    return "", "Metadata"


def _encoded_list(kind: Kind, taken: list[Stored], metadata: JSON) -> bytes:
    head = f'{{"apiVersion":"{kind.api_version}","kind":"{kind.kind}List","metadata":'.encode()
    items = b",".join(each.encoded if kind.custom else each.untyped for each in taken)
    return head + msgspec.json.encode(metadata) + b',"items":[' + items + b"]}"


def _answer(status: int, body: Any, warnings: list[str] | None = None) -> web.Response:
    return _encoded(status, msgspec.json.encode(body), warnings)


def _encoded(status: int, body: bytes, warnings: list[str] | None = None) -> web.Response:
    response = web.Response(status=status, body=body, headers=JSON_TYPE)
    for warning in warnings or []:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{quoted}"')
    return response


def _failed(failure: Failure, warnings: list[str] | None = None) -> web.Response:
    response = _answer(failure.code, failure.body, warnings)
    response.headers.update(failure.headers)
    return response
