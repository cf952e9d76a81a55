#!/bin/sh
# Runs the command that a restored service needs (docs/deploy.md, "Backups"), with the image and the settings that the
# service's Deployment has now:
#
#   sh infra/k8s/restored/apply.sh orders        # or tickets, payments, orders-cancel-unknown
#
# Exit status 0: the Job is applied. Else nothing is, and it says why.
set -eu

refuse() {
  echo "apply.sh: $1" >&2
  exit 1
}

here=$(dirname "$0")
what=${1:-}
case $what in
  orders | tickets | payments | orders-cancel-unknown) ;;
  *) refuse 'say which: orders, tickets, payments, or orders-cancel-unknown' ;;
esac
service=${what%-cancel-unknown}

ask() {
  kubectl get -n ticketing "$@"
}

alive='status.phase!=Succeeded,status.phase!=Failed'
running=$(ask pods -l "app.kubernetes.io/name=$service" --field-selector "$alive" -o name)
[ -z "$running" ] || refuse "$service still runs: kubectl scale -n ticketing deployment/$service --replicas 0"
# Kubernetes would take it for the same one, and run nothing.
before=$(ask job "$service-restored" --ignore-not-found -o name)
[ -z "$before" ] || refuse "one was run already; read its log, then: kubectl delete -k $here/$service"

container='.spec.template.spec.containers[0]'
image=$(ask deployment "$service" -o "jsonpath={$container.image}")
settings=$(ask deployment "$service" -o "jsonpath={$container.envFrom[0].configMapRef.name}")
[ -n "$image" ] && [ -n "$settings" ] || refuse "the Deployment $service names no image, or no ConfigMap of settings"

# Policies shut out everybody they do not name: they are applied only where components/network-policies names the rest.
only=
closed=$(ask networkpolicy nobody-by-default --ignore-not-found -o name)
[ -n "$closed" ] || only='app.kubernetes.io/component!=network-policy'

manifests=$(kubectl kustomize "$here/$what")
printf '%s\n' "$manifests" |
  sed -e "s|image: ticketing/$service\$|image: $image|" -e "s|name: settings\$|name: $settings|" |
  kubectl apply -l "$only" -f -
