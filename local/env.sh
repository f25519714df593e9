# shellcheck shell=bash
# Sourced by the commands beside it: where this stack lives, and the settings that keep the AWS tools on this machine.
#   SPAWN_LOCAL_PORT    ministack's port, 4566 if not set; moto's is the next one
#   SPAWN_LOCAL_STATE   the folder of this stack's state, .local/stack if not set: another one, another stack
#   SPAWN_LOCAL_STACK   the stack's name, spawn if not set; and SPAWN_LOCAL_REGION its region, us-east-1 if not set: another name or region,
#                       another stack beside it on the same servers, which play one account
#   SPAWN_LOCAL_CONCURRENCY   how many function calls run at once before Lambda's throttling sets in, 8 if not set
#   SPAWN_LOCAL_PACE          by what the seconds are multiplied that AWS takes, until EC2 sees a profile or an instance runs, and those that the
#                             workflow waits meanwhile: 0.2 if not set, five times as fast as AWS; 1 is AWS's own pace
#   SPAWN_LOCAL_WAIT_SCALE    by what the workflow's waits and the intervals between its retries are multiplied besides, 1 if not set; for tests
#   SPAWN_LOCAL_PARAMETERS    the template's parameters where they differ from their defaults: "BroadAccess=reject NightlySweep=…"
#   SPAWN_LOCAL_RUNTIME       what runs the functions: client, AWS's own; or loop, which takes its place where that has no native part
#   SPAWN_LOCAL_SWEEP_WAIT    seconds after which a termination message that was given back comes again, ten times at most, for tests
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
export SPAWN_LOCAL_PORT=${SPAWN_LOCAL_PORT:-4566}
export SPAWN_LOCAL_STATE=${SPAWN_LOCAL_STATE:-$root/.local/stack}
export SPAWN_LOCAL_STACK=${SPAWN_LOCAL_STACK:-spawn} SPAWN_LOCAL_REGION=${SPAWN_LOCAL_REGION:-us-east-1}
export SPAWN_LOCAL_DEPLOYMENT=$SPAWN_LOCAL_STATE/stacks/$SPAWN_LOCAL_STACK-$SPAWN_LOCAL_REGION # what is known of the deployed stack

# One `aws` for both servers, and none of the user's own profiles, keys or endpoints.
unset "${!AWS_@}"
export AWS_ENDPOINT_URL=http://127.0.0.1:$SPAWN_LOCAL_PORT
export AWS_ENDPOINT_URL_IAM=http://127.0.0.1:$((SPAWN_LOCAL_PORT + 1))
export AWS_ENDPOINT_URL_EC2=$AWS_ENDPOINT_URL_IAM AWS_ENDPOINT_URL_SSM=$AWS_ENDPOINT_URL_IAM # where images are looked up, too
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=$SPAWN_LOCAL_REGION
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

# In another character set, ASCII among them, Java opens no folder whose name has a letter outside of it.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

stop() { # one clear sentence, and the exit code for "it cannot start like this"
  printf '%s\n' "$*" >&2
  exit 2
}

need_python() {
  command -v python3 >/dev/null || stop "Python 3.11 or newer is needed; no python3 is on the PATH."
  # What has made the virtual environment was new enough.
  [ "$root/.local/venv/bin/python" -ef "$(command -v python3)" ] ||
    python3 -S -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or newer is needed; python3 on the PATH is $(python3 -V 2>&1 | cut -d' ' -f2)."
}
