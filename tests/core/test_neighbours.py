"""Lines of the documents of kn and knctl, and what becomes of each here: it works, or the answer says what does.

The lines are facts from docs/cmd and the guides of knative/client and cppforlife/knctl. None may end in "unknown".
"""

from __future__ import annotations

import re

import pytest

from bot.core import commands
from bot.core.errors import ParseError
from bot.core.language.parse import parse

WORKS: dict[type, tuple[str, ...]] = {
    commands.Annotate: (
        "knctl revision annotate -a version=1.3.3 --revision hello:latest",
        "knctl service annotate -a owner=cppforlife --service hello",
    ),
    commands.Curl: (
        "knctl route curl --route hello",
        "knctl curl --service hello",
        "knctl curl --service hello -n hello-test",
    ),
    commands.DefaultDomain: (
        "knctl domain create -d knative.example.org --default",
        "knctl create domain my-domain.test --default",
    ),
    commands.Delete: (
        "kn service delete svc1",
        "kn service delete svc2 -n ns1",
        "kn revision delete svc1-00002",
        "knctl revision delete --revision hello:previous",
        "knctl service delete --service hello",
    ),
    commands.Deploy: (
        "kn service create s0 --image knativesamples/helloworld",
        "kn service create s1 --env TARGET=v1 --env FROM=examples --image knativesamples/helloworld",
        "kn service create --force s1 --image knativesamples/helloworld",
        "kn service create --force s1 --env TARGET=force --env FROM=examples --image knativesamples/helloworld",
        "kn service create s2 --port 8080 --image knativesamples/helloworld",
        "kn service create s2 --port h2c:8080 --image knativesamples/helloworld",
        "kn service create s3 --image knativesamples/helloworld --annotation sidecar.istio.io/inject=false",
        "kn service create s1 --image knativesamples/helloworld --cluster-local",
        (
            "kn service create s4gpu --image knativesamples/hellocuda-go --request memory=250Mi,cpu=200m "
            "--limit nvidia.com/gpu=1"
        ),
        "kn service create mysvc --env KEY1=VALUE1 --env KEY2=VALUE2 --image dev.local/ns/image:latest",
        "kn service create s5 --image img --arg myArg1 --arg --myArg2 --cmd /app/start",
        "kn service create s5 --image img --env-from cm:myconfigmap --env-from secret:mysecret",
        "kn service create s5 --image img --env-value-from NAME=secret:mysecret:key",
        "kn service create s5 --image img --label team=shop --label-revision a=b --label-service c=d",
        "kn service create s5 --image img --lock-to-digest",
        "kn service create s5 --image img --no-lock-to-digest",
        "kn service create s5 --image img --mount /mydir=cm:myconfigmap",
        "kn service create s5 --image img --volume myvolume=secret:mysecret --mount /mydir=myvolume",
        "kn service create s5 --image img --no-wait",
        "kn service create s5 --image img --wait-timeout 60 --wait-window 2",
        "kn service create s5 --image img --probe-liveness http::8080:/healthz --probe-readiness tcp::8080",
        "kn service create s5 --image img --probe-liveness-opts InitialDelaySeconds=5",
        "kn service create s5 --image img --pull-policy Always --pull-secret registry",
        "kn service create s5 --image img --revision-name '{{.Service}}-{{.Random 5}}-{{.Generation}}'",
        (
            "kn service create s5 --image img --scale 1..5 --scale-init 1 --scale-activation 2 --scale-metric "
            "rps --scale-target 50 --scale-utilization 70 --scale-window 10s"
        ),
        "kn service create s5 --image img --scale-min 1 --scale-max 5 --concurrency-limit 10",
        "kn service create s5 --image img --service-account runner --user 1001 --timeout 60",
        "kn service create s5 --image img --tag @latest=blue",
        "kn service update svc --env KEY1=VALUE1 --env KEY2=VALUE2",
        "kn service update svc --port 80",
        "kn service update svc --requests-cpu 500m --limits-memory 1024Mi",
        "kn service update svc --env KEY-",
        (
            "kn service update svc --autoscale-window 10s --concurrency-target 5 --concurrency-utilization 70 "
            "--max-scale 3 --min-scale 1"
        ),
        "kn service apply s0 --image knativesamples/helloworld",
        "kn service apply s0 --image knativesamples/helloworld --env foo=bar",
        "knctl deploy --service hello --image gcr.io/knative-samples/helloworld-go --env TARGET=123",
        "knctl deploy -s srv1 --image gcr.io/knative-samples/helloworld-go --env TARGET=123 -n ns1",
        (
            "knctl deploy --namespace hello-test --service hello --image gcr.io/knative-samples/helloworld-go "
            "--env TARGET=Rev1 --managed-route=false"
        ),
        "knctl deploy -s hello -i gcr.io/knative-samples/helloworld-go -e TARGET=first --managed-route=false",
        "knctl -n default deploy --service hello --image gcr.io/knative-samples/helloworld-go --env TARGET=123",
        "knctl deploy -s srv1 -n ns1 --image gcr.io/knative-samples/helloworld-go --env-secret TARGET=secret/key1",
        (
            "knctl deploy -s srv1 --image img --min-scale 1 --max-scale 2 --container-concurrency 5 -a "
            "key=value -t stable"
        ),
    ),
    commands.Domains: (
        "kn domain describe hello.example.com",
        "kn domain list",
        "knctl domain list",
        "knctl list domains",
    ),
    commands.DryRun: ("knctl deploy -s srv1 --image img --dry-run",),
    commands.FollowLogs: ("knctl logs -f --service hello",),
    commands.Help: (
        "kn help",
        "kn help service",
    ),
    commands.Ingress: (
        "knctl ingress list",
        "knctl dns-map",
    ),
    commands.Install: (
        "knctl install",
        "knctl install --exclude-monitoring",
    ),
    commands.Logs: ("knctl logs --service hello -l 10",),
    commands.Manifest: ("kn service describe svc -o yaml",),
    commands.MapDomain: (
        "kn domain create hello.example.com --ref hello",
        "kn domain create hello.example.com --ref ksvc:mysvc:mynamespace",
        "kn domain update hello.example.com --ref hello",
    ),
    commands.OneRevision: (
        "kn revision describe svc1-00002",
        "knctl revision show --revision hello:latest",
    ),
    commands.Pods: ("knctl pod list --service hello",),
    commands.Revisions: (
        "kn revision list",
        "kn revision list --service srvc",
        "kn revision list -s svc1",
        "kn revision list rev1",
        "knctl revision list --service hello",
        "knctl revision list",
        "knctl --service hello list revisions",
    ),
    commands.Rollout: (
        "kn service update svc --tag echo-v2=latest --tag echo-v1=stable",
        "kn service update svc --tag echo-v2=latest,echo-v1=stable",
        "kn service update svc --untag testing --tag @latest=staging",
        "kn service update svc --tag echo-v3=test --traffic test=10,@latest=90",
        "kn service update svc --traffic @latest=10,hello-00001=90",
        "kn service update svc --traffic 10",
        "knctl rollout --route hello -p hello:latest=100%",
        "knctl rollout --route hello -p hello:latest=10% -p hello:previous=90%",
        "knctl rollout --route svc1 -p svc1:previous=100% -n ns1",
        "knctl rollout --route hello --service-percentage hello=100%",
    ),
    commands.Routes: (
        "kn route list",
        "kn route list web -n dev",
        "kn route describe web",
        "knctl route list",
        "knctl routes list -n hello-test",
        "knctl route show --route hello",
    ),
    commands.Services: (
        "kn service list",
        "kn service list web",
        "kn service list --all-namespaces",
        "kn service list -A",
        "kn service list --no-headers",
        "knctl service list",
        "knctl list services",
        "knctl service list --no-color --tty --non-interactive",
    ),
    commands.Status: (
        "kn service describe svc",
        "kn service describe svc --verbose",
        "knctl service show --service hello",
    ),
    commands.Tag: ("knctl revision tag --revision hello:latest -t stable",),
    commands.UnmapDomain: ("kn domain delete hello.example.com",),
    commands.Untag: ("knctl revision untag --revision hello:latest -t stable",),
    commands.Url: (
        "kn service describe svc -o url",
        "knctl service url --service hello",
    ),
}
"""Command → the lines that mean it."""

TOLD: tuple[tuple[str, str], ...] = (
    (
        "kn service create gitopstest -n test-ns --image knativesamples/helloworld --target=/user/knfiles",
        "Knobot writes to the cluster and to no files: use `kn --target` for those.",
    ),
    (
        "kn service create s5 --image img --env-file=/home/knative/service1/env",
        "There are no files in a chat: write `--env K=V` for each variable.",
    ),
    (
        "kn service create s5 --image img --security-context strict",
        "Security contexts are kept as they are; `kubectl` sets them.",
    ),
    (
        "kn service create s5 --image img --containers ./containers.yaml",
        "Knobot keeps the other containers of a Service as they are, and changes only the one that serves.",
    ),
    (
        "kn service create -f my-svc.yml",
        "There are no files in a chat: name the settings as flags, or `kubectl apply` the file.",
    ),
    (
        "kn service create s5 --image img --as alice",
        "Everybody acts as themselves here: ask the person to type it.",
    ),
    (
        "kn service update svc --async",
        "For example `deploy svc ghcr.io/acme/svc:v2`.",
    ),
    (
        "kn service apply s0 --filename my-svc.yml",
        "There are no files in a chat: name the settings as flags, or `kubectl apply` the file.",
    ),
    (
        "kn service delete --all -n ns1",
        "One Service is deleted at a time: each says what will be lost.",
    ),
    (
        "kn service list -o yaml",
        "Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
    (
        "kn service export foo -n bar -o yaml",
        "`status SERVICE -o yaml` shows a Service as it is.",
    ),
    (
        "kn service export foo -n bar -o json",
        "`status SERVICE -o yaml` shows a Service as it is.",
    ),
    (
        "kn service export foo --with-revisions --mode=export -n bar -o json",
        "`status SERVICE -o yaml` shows a Service as it is.",
    ),
    (
        "kn service import foo.yaml",
        "There are no files in a chat: `kubectl apply -f` takes one.",
    ),
    (
        "kn service wait svc",
        "Knobot reports every change until it is true; `status SERVICE` shows how far a Service is.",
    ),
    (
        "kn service wait svc --wait-timeout 10",
        "Knobot reports every change until it is true; `status SERVICE` shows how far a Service is.",
    ),
    (
        "kn revision list --all-namespaces",
        "`services --all-namespaces` shows all; then name one.",
    ),
    (
        "kn revision describe svc1-00002 -o yaml",
        "Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
    (
        "kn revision delete svc1-abcde",
        "For example `delete hello --revision svc1-abcde`.",
    ),
    (
        "kn revision delete --prune svc1",
        "Knative collects idle Revisions by itself; `delete SERVICE --revision NAME` takes one away.",
    ),
    (
        "kn revision delete --prune-all",
        "Knative collects idle Revisions by itself; `delete SERVICE --revision NAME` takes one away.",
    ),
    (
        "kn route list -o yaml",
        "Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
    (
        "kn domain create hello.example.com --ref kroute:hello",
        "Write `--ref ksvc:hello`.",
    ),
    (
        "kn container add sidecar --image img",
        "Sidecars are described in files: `kubectl apply -f` takes one, and every deploy keeps them.",
    ),
    (
        "kn secret list",
        "`kubectl create secret` makes one; `deploy SERVICE --env-secret K=SECRET/KEY` uses it.",
    ),
    (
        "kn secret create mysecret --from-literal a=b",
        "`kubectl create secret` makes one; `deploy SERVICE --env-secret K=SECRET/KEY` uses it.",
    ),
    (
        "kn source list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn broker list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn trigger list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn channel list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn subscription list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn eventtype list",
        "Knobot looks after Knative Serving; for Eventing there is `kn`.",
    ),
    (
        "kn plugin list",
        "That belongs to a terminal: use `kn` itself.",
    ),
    (
        "kn version",
        "`knobot --version` tells it where Knobot runs, and `knobot check` how it finds the clusters.",
    ),
    (
        "kn completion bash",
        "That belongs to a terminal: use `kn` itself.",
    ),
    (
        "kn options",
        "Every flag is told by `help VERB`.",
    ),
    (
        "knctl install -m -p",
        "Name manifests in the configuration whose gateway is of the type NodePort.",
    ),
    (
        "knctl uninstall",
        "Knative is taken away by `kubectl delete` of its release manifests.",
    ),
    (
        (
            "knctl deploy -s srv1 --image gcr.io/your-account/your-image --git-url "
            "https://github.com/cppforlife/simple-app --git-revision master --env TARGET=123 -n ns1"
        ),
        "A Build of Shipwright's says where the source is and how it is built: `--build NAME` runs it.",
    ),
    (
        (
            "knctl deploy -s srv1 -d=. --image index.docker.io/your-account/your-image --service-account "
            "serv-acct1 --env TARGET=123 -n ns1"
        ),
        "A Build of Shipwright's says where the source is and how it is built: `--build NAME` runs it.",
    ),
    (
        (
            "knctl deploy -s srv1 -n ns1 --git-url https://github.com/cppforlife/simple-app --git-revision "
            "master --template buildpack --template-env GOPACKAGENAME=main --service-account serv-acct1 "
            "--image index.docker.io/your-account/your-repo --env SIMPLE_MSG=123"
        ),
        "A Build of Shipwright's says where the source is and how it is built: `--build NAME` runs it.",
    ),
    (
        (
            "knctl deploy -s srv1 -n ns1 --image gcr.io/knative-samples/helloworld-go --secret-mount "
            "secret-name=/mount/path1 --config-map-mount config-map-name=/mount/path2"
        ),
        "Write it as kn does: `--mount /PATH=secret:NAME`.",
    ),
    (
        "knctl deploy -s srv1 --image img --watch-revision-ready-timeout 5m --watch-pod-logs -l",
        "For example `-l team=shop`.",
    ),
    (
        "knctl deploy --generate-name --image img",
        "Choose a name: it is what everybody in the channel will call the Service.",
    ),
    (
        "knctl deploy -s srv1 --image img --env-all-from-config-map settings",
        "Write it as kn does: `--env-from cm:NAME`.",
    ),
    (
        "knctl rollout --route rt1 -p svc1:latest=20% -p svc1:previous=80% -n ns1",
        "A Service has Revisions and traffic of its own.",
    ),
    (
        "knctl rollout --generate-name -p hello:latest=100%",
        "hello has one, which is what is split here.",
    ),
    (
        "knctl service open --service hello",
        "`url SERVICE` shows the address; a click opens it.",
    ),
    (
        "knctl route annotate --route hello -a a=b",
        "The Service passes its annotations on to its Route: `annotate SERVICE KEY=VALUE`.",
    ),
    (
        "knctl route delete --route hello",
        "A Service has its Route; `rollout` splits its traffic, `tag` gives Revisions addresses of their own.",
    ),
    (
        "knctl route create --route hello -p hello:latest=100%",
        "A Service has its Route; `rollout` splits its traffic, `tag` gives Revisions addresses of their own.",
    ),
    (
        "knctl domain create -d knative.example.org",
        "For example `domain add shop.example.com hello`.",
    ),
    (
        "knctl build create",
        "Shipwright builds images: `deploy SERVICE --build BUILD` starts one of its Builds.",
    ),
    (
        "knctl build list --service hello",
        "Shipwright builds images: `deploy SERVICE --build BUILD` starts one of its Builds.",
    ),
    (
        "knctl basic-auth-secret create",
        "`kubectl create secret` makes one; `deploy SERVICE --env-secret K=SECRET/KEY` uses it.",
    ),
    (
        "knctl ssh-auth-secret create",
        "`kubectl create secret` makes one; `deploy SERVICE --env-secret K=SECRET/KEY` uses it.",
    ),
    (
        "knctl service-account create",
        "`kubectl create serviceaccount` makes one; `deploy SERVICE --service-account NAME` uses it.",
    ),
    (
        "knctl namespace create -n ns1",
        "`kubectl create namespace` makes one; Knobot's configuration says which channel stands for it.",
    ),
    (
        "knctl version",
        "`knobot --version` tells it where Knobot runs, and `knobot check` how it finds the clusters.",
    ),
    (
        "knctl service list --json",
        "Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
    (
        "knctl service list --column name",
        "Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
    (
        "knctl service list --kubeconfig ~/.kube/config",
        "Knobot's configuration names the clusters: `--cluster NAME` chooses one.",
    ),
)
"""A line that does not work here → the hint that says what does, or why there is nothing."""


@pytest.mark.parametrize(("line", "kind"), [(line, kind) for kind, lines in WORKS.items() for line in lines])
def test_a_line_of_theirs_works_here(line: str, kind: type) -> None:
    assert isinstance(parse(line), kind)


@pytest.mark.parametrize(("line", "hint"), TOLD)
def test_a_line_that_does_not_work_says_what_does(line: str, hint: str) -> None:
    with pytest.raises(ParseError) as error:
        parse(line)

    assert error.value.hint == hint
    assert not error.value.code.startswith("unknown")


def test_what_is_offered_instead_is_itself_understood() -> None:
    names = {"SERVICE": "hello", "VERB": "status", "BUILD": "hello", "NAME": "hello-00001"}
    placeholders = names | {"KEY=VALUE": "a=b", "K=SECRET/KEY": "A=b/c"}
    for _, hint in TOLD:
        for offered in re.findall(r"`([a-z][^`]* [^`]*)`", hint):
            words = offered.split()
            if words[0] not in {"kubectl", "kn", "knobot"}:
                parse(" ".join(placeholders.get(word, word) for word in words))
