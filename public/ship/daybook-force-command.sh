#!/bin/sh
# Records what people do over SSH, lets Daybook end it, and uploads the recording: for sshd's ForceCommand.
#
#   Match Group recorded
#     ForceCommand /usr/local/bin/daybook-force-command -u https://daybook.example.org -t /etc/daybook-ssh-token
#
#   -u URL        the address of Daybook
#   -t TOKENFILE  the file with the token of a source of kind recordings
#   -n NAME       what this host is called as a target (its own name)
#   -d DIR        where a recording lies until it is uploaded (/tmp); one that cannot be uploaded stays there
#   -o            lets people in unrecorded when Daybook cannot be reached; without it they are refused
#
# A session is a connection in Daybook from its beginning. When somebody ends it there, the shell and what runs in it
# end here, and the person is shown who ended it and why. Then the recording goes to the same connection. Commands
# without a terminal (scp, rsync, ssh host command) are connections too, can be ended, and have no recording.
#
# It runs as the person who signed in, who can therefore read the token and stop the recorder: give every host a
# source of its own, and use sudo's log server where that must not be. A subsystem must be a program, as in
# "Subsystem sftp /usr/lib/openssh/sftp-server"; internal-sftp is none. Needs sh, curl, coreutils, pkill and asciinema 2.

set -uf
umask 077

url='' tokenfile='' name='' spool=/tmp open=''

say() { printf 'daybook: %s\n' "$*" >&2; }
die() { say "$*"; exit 254; }

while getopts u:t:n:d:o option; do
  case $option in
    u) url=${OPTARG%/} ;;
    t) tokenfile=$OPTARG ;;
    n) name=$OPTARG ;;
    d) spool=$OPTARG ;;
    o) open=1 ;;
    *) die 'see the head of this script for its options' ;;
  esac
done
case $url in http://* | https://*) ;; *) die 'say where Daybook is with -u URL' ;; esac
case $spool in *[!A-Za-z0-9/._-]*) die '-d takes a path of letters, digits and ./_-' ;; esac
shell=${SHELL:-/bin/sh}

# What was asked for, by ssh or by nobody: a shell. Its first process names itself, so that it can be ended.
run() {
  if [ -n "${SSH_ORIGINAL_COMMAND:-}" ]; then exec "$shell" -c "$SSH_ORIGINAL_COMMAND"; fi
  exec "$shell" -l
}

# Without a record there is no session, unless -o says so.
unrecorded() {
  [ -z "${work:-}" ] || rm -rf "$work"
  [ -n "$open" ] || die "$1: no session without a record"
  say "$1: this session is not recorded"
  run
}

work=$(mktemp -d "$spool/daybook.XXXXXX") || unrecorded "cannot write to $spool"
# Arguments of programs can be seen by everybody on the host; a header in a file cannot.
{ printf 'Authorization: Bearer '; cat -- "$tokenfile"; } > "$work/auth" 2> /dev/null ||
  unrecorded 'cannot read the token'

api() { curl -fsS --max-time 30 -H "@$work/auth" "$@"; }

set -- ${SSH_CONNECTION:-}
opened=$(api --data-urlencode "user=$(id -un)" --data-urlencode "targetUser=$(id -un)" \
  --data-urlencode "target=${name:-$(uname -n)}" --data-urlencode "clientAddress=${1:-}" \
  --data-urlencode "clientPort=${2:-}" "$url/api/v1/connections") || unrecorded 'Daybook cannot be reached'
id=$(printf %s "$opened" | sed -n 's/^{"id":"\([0-9a-f-]\{36\}\)".*/\1/p')
[ -n "$id" ] || unrecorded 'Daybook gives no connection'

# What is left of the session goes for good. Jobs of a shell are groups of their own within it.
sweep() {
  kill -KILL -- "-$1" || kill -KILL "$1"
  ! command -v pkill || pkill -KILL -s "$1"
}

# Ends what runs here: politely, and after two seconds for good.
end_session() {
  tries=0
  until [ -s "$work/pid" ] || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done
  read -r pid < "$work/pid" || return
  kill -HUP -- "-$pid" || kill -HUP "$pid"
  sleep 2
  sweep "$pid"
}

report() { api --retry 5 --retry-connrefused --data-urlencode "state=$2" -o /dev/null "$url/api/v1/kills/$1"; }

told() {
  kill=$(printf %s "$1" | sed -n 's/^{"id":"\([0-9a-f-]\{36\}\)".*/\1/p')
  [ -n "$kill" ] || return
  printf %s "$1" | sed -n 's/.*"message":"\(.*\)"}$/\1/p' | sed 's/\\\(["\\]\)/\1/g' > "$work/message"
  printf '%s\n' "$kill" > "$work/kill"
  report "$kill" acknowledged
  end_session
}

# Server-sent events, over restarts of Daybook. What is not settled is told again after each.
read_events() {
  while IFS= read -r line; do
    case $line in 'data: '*) told "${line#data: }" ;; esac
  done
}
listen() {
  mkfifo "$work/events" || exit
  while :; do
    curl -fsSN -H "@$work/auth" "$url/api/v1/kills?connection=$id" > "$work/events" &
    printf '%s\n' "$!" > "$work/stream"
    read_events < "$work/events" &
    printf '%s\n' "$!" > "$work/reader"
    # Signals are heard while one waits, not while one reads.
    wait "$!"
    sleep 2 &
    wait "$!"
  done
}
listen > /dev/null 2>&1 < /dev/null &
listener=$!

# The terminal may go away: what was recorded is uploaded all the same.
trap : HUP TERM

# When the connection is cut, only the first process of its session is told, and it waits for asciinema, which may not
# notice. Who looks for the terminal does.
watch_terminal() {
  while (: < /dev/tty); do sleep 1; done
  end_session
}
watcher=''

stop_listening() {
  kill "$listener" $watcher 2> /dev/null
  for one in stream reader; do
    [ ! -s "$work/$one" ] || kill "$(cat "$work/$one")" 2> /dev/null
  done
}

status=254 cause='the connection was lost'
if [ -t 0 ] && command -v asciinema > /dev/null; then
  {
    printf 'work=%s\n' "$work"
    cat << 'INNER'
printf '%s\n' "$$" > "$work/pid"
unset ASCIINEMA_CONFIG_HOME
if [ -n "${SSH_ORIGINAL_COMMAND:-}" ]; then "${SHELL:-/bin/sh}" -c "$SSH_ORIGINAL_COMMAND"
else "${SHELL:-/bin/sh}" -l; fi
printf '%s\n' "$?" > "$work/status"
INNER
  } > "$work/run"
  # asciinema runs in UTF-8 only.
  [ "$(locale charmap 2> /dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8
  # Nobody pauses the recording with a key.
  mkdir "$work/config"
  printf '[record]\nprefix_key =\npause_key =\n' > "$work/config/config"
  watch_terminal > /dev/null 2>&1 < /dev/null &
  watcher=$!
  # asciinema may hang when its terminal goes away; without a shell in it, it ends.
  ASCIINEMA_CONFIG_HOME=$work/config asciinema rec -q -c ". '$work/run'" "$work/session.cast"
  if [ -s "$work/status" ]; then
    read -r status < "$work/status"
    cause="ended with exit code $status"
  fi
elif [ -t 0 ]; then
  stop_listening
  api --data-urlencode event=closed --data-urlencode 'cause=asciinema is missing on the host' -o /dev/null \
    "$url/api/v1/connections/$id/events"
  unrecorded 'asciinema is missing'
else
  # A group of its own where there is setsid, so that all of it can be ended. Its input is ours, not /dev/null.
  exec 3<&0
  $(command -v setsid) sh -c 'printf "%s\n" "$$" > "$1/pid"; exec "$2" -c "$3"' sh \
    "$work" "$shell" "${SSH_ORIGINAL_COMMAND:-$shell}" <&3 3<&- &
  exec 3<&-
  running=$!
  while wait "$running"; status=$?; kill -0 "$running" 2> /dev/null; do :; done
  cause="ended with exit code $status"
fi

# From here on nothing interrupts: neither the terminal's end nor Ctrl-C.
trap '' HUP TERM INT QUIT
stop_listening
if [ -s "$work/kill" ]; then
  # The shell is gone, and with it the terminal; what does not mind that is not.
  read -r pid < "$work/pid" && sweep "$pid" > /dev/null 2>&1
  printf '\r\n%s\r\n' "$(cat "$work/message")" >&2
  report "$(cat "$work/kill")" ended
else
  api --retry 5 --retry-connrefused --data-urlencode event=closed --data-urlencode "cause=$cause" \
    -o /dev/null "$url/api/v1/connections/$id/events"
fi
if [ ! -s "$work/session.cast" ] || api --max-time 600 --retry 5 --retry-connrefused -o /dev/null \
  -F "connection=$id" -F "file=@$work/session.cast" "$url/api/v1/recordings"; then
  rm -rf "$work"
else
  rm -f "$work/auth"
  say "the recording could not be uploaded; it stays in $work"
fi
exit "$status"
