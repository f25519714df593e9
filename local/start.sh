# shellcheck shell=bash
# Sourced by local/launch and local/role-set, after env.sh: starts an execution on the local stack and follows it to its end.

start() { # start MACHINE DEFAULT-PAYLOAD [payload-file] [--name execution-name]; MACHINE is a file of the deployment
  local machine=$1 payload=$2 name=() execution
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --name) name=(--name "${2:?a name is missing after --name}") && shift 2 ;;
      -*) stop "local/$(basename -- "$0") has no option $1. $(sed -n 2p -- "$0" | cut -c3-)" ;;
      *) payload=$1 && shift ;;
    esac
  done
  [ -r "$payload" ] || stop "There is no payload file $payload."
  python3 -m json.tool "$payload" >/dev/null || stop "$payload is not JSON."

  "$root/local/stack" up
  machine=$(cat "$SPAWN_LOCAL_DEPLOYMENT/$machine")
  echo "\$ aws stepfunctions start-execution --state-machine-arn $machine --input file://$payload ${name[*]}"
  # By standard input, since the CLI takes a $ in the file's name for the beginning of a variable.
  execution=$("$root/local/aws" stepfunctions start-execution --state-machine-arn "$machine" \
    --input file:///dev/stdin "${name[@]}" --query executionArn --output text <"$payload") || exit 2
  exec python3 "$root/local/follow.py" "$execution"
}
