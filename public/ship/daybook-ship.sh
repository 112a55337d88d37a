#!/bin/sh
# Ships log lines to Daybook, each of them once.
#
#   daybook-ship.sh -u URL [-t TOKENFILE] [-d DIR] [-m MIB] [-a] [-f FILE | -s FILE | -j MATCHES]
#   daybook-ship.sh pair -u URL -t TOKENFILE [-n NAME]
#
#   -u URL        where to post: https://daybook.example.com/api/v1/ingest/sshd
#   -t TOKENFILE  the file with the source's token; without it the variable DAYBOOK_TOKEN
#   -d DIR        the spool, kept over restarts, one for each source (/var/spool/daybook)
#   -f FILE       follow a log file, over its rotations to FILE.1, FILE-20261121 and so on
#   -s FILE       follow sudo's JSON event log
#   -j MATCHES    follow the journal: arguments of journalctl such as '-t sshd -t sshd-session'
#   -a            begin with what is there already (always so with -s), not with what comes
#   -m MIB        what standard input or the journal may fill of the spool, in MiB (64); beyond it the input waits.
#                 Of a file that is followed no more than one post is spooled: the file itself waits
#
# `pair` makes this host a source by the deployment token in the variable DAYBOOK_DEPLOYMENT_TOKEN, under the host's
# name or -n NAME, and writes the token of that source to TOKENFILE. Once there is a TOKENFILE it does nothing.
#
# Without -f, -s and -j it reads lines from standard input, and ends when they end and all are delivered:
#
#   tail -F -n 0 /var/log/auth.log | daybook-ship.sh -u URL -t TOKENFILE
#
# What was read lies in the spool until Daybook has answered 2xx. A post keeps its Idempotency-Key over retries,
# restarts and kill -9, so nothing is stored twice. Nothing is lost either, but: with standard input what was still
# in the pipe, and with -f and -s what was compressed, deleted or truncated before it could be read, which is
# reported. 429, 503 and Retry-After are honoured; what Daybook calls malformed (400, 413, 415, 422) is put into
# DIR/refused, reported, and left there. curl trusts the authorities in CURL_CA_BUNDLE, if set.
# Needs sh, curl and GNU coreutils.

set -uf
umask 077
export LC_ALL=C

command=ship
if [ "${1:-}" = pair ]; then command=pair; shift; fi
name='' url='' tokenfile='' dir=/var/spool/daybook mode=stdin input='' all='' limit=64
chunk=1048576

say() { printf 'daybook-ship: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

while getopts u:t:d:m:f:s:j:n:a option; do
  case $option in
    u) url=$OPTARG ;;
    t) tokenfile=$OPTARG ;;
    d) dir=$OPTARG ;;
    m) limit=$OPTARG ;;
    f) mode=file input=$OPTARG ;;
    s) mode=sudo input=$OPTARG ;;
    j) mode=journal input=$OPTARG ;;
    a) all=1 ;;
    n) name=$OPTARG ;;
    *) die 'see the head of this script for its options' ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || die "unexpected argument: $1"
case $url in http://* | https://*) ;; *) die 'say where to post with -u URL' ;; esac

pair() {
  [ -n "$tokenfile" ] || die 'say where the token of this host shall be kept with -t TOKENFILE'
  [ ! -s "$tokenfile" ] || { say "$tokenfile holds a token already: this host is paired"; exit 0; }
  [ -n "${DAYBOOK_DEPLOYMENT_TOKEN:-}" ] || die 'the variable DAYBOOK_DEPLOYMENT_TOKEN is empty'
  [ -n "$name" ] || name=$(hostname) || die 'this host has no name: give one with -n NAME'
  # Its directory must take a file: a token that is made and not kept is lost.
  : > "$tokenfile.new" || die "cannot write $tokenfile"
  # On standard input, not among the arguments, which everybody on the machine can see.
  status=$(printf 'Authorization: Bearer %s\nAccept: text/plain\n' "$DAYBOOK_DEPLOYMENT_TOKEN" |
    curl -sS -H @- --data-urlencode "host=$name" --connect-timeout 10 --max-time 60 -o "$tokenfile.new" \
      -w '%{http_code}' "${url%%/api/*}/api/v1/pair") || status=000
  case $status,$(head -c 4 "$tokenfile.new") in
    201,dbs_) mv "$tokenfile.new" "$tokenfile" || die "cannot write $tokenfile" ;;
    *) reason=$(head -c 500 "$tokenfile.new"); rm -f "$tokenfile.new"; die "$url answers $status: $reason" ;;
  esac
  say "paired as $name: its token is in $tokenfile"
}

case $limit in '' | *[!0-9]* | 0*) die '-m takes a number of MiB' ;; esac
if [ "$command" = pair ]; then url=${url%/}; pair; exit; fi
[ "$mode" != stdin ] || [ ! -t 0 ] || die 'standard input is a terminal: pipe lines into it, or see -f, -s and -j'
case $mode in sudo) type=application/json ;; *) type=text/plain ;; esac

mkdir -p "$dir/out" "$dir/refused" || die "cannot make the spool $dir"

lock() {
  (set -C && echo $$ > "$dir/lock") 2> /dev/null && return
  owner=$(cat "$dir/lock" 2> /dev/null)
  if [ -n "$owner" ] && kill -0 "$owner" 2> /dev/null; then
    # After a reboot another program may have the number.
    [ -r "/proc/$owner/cmdline" ] || die "the spool $dir is in use by process $owner"
    case $(tr '\0' ' ' < "/proc/$owner/cmdline") in *"${0##*/}"*) die "the spool $dir is in use by process $owner" ;; esac
  fi
  rm -f "$dir/lock"
  (set -C && echo $$ > "$dir/lock") 2> /dev/null || die "the spool $dir is in use"
}
lock
trap 'rm -f "$dir/lock"' EXIT

# Writes a small file so that it is either the old or the new one, never half of it.
keep() { printf '%s\n' "$2" > "$dir/$1.new" && mv "$dir/$1.new" "$dir/$1" || die "cannot write to the spool $dir"; }
ends_line() { [ ! -s "$1" ] || [ "$(tail -c 1 "$1" | wc -l)" -eq 1 ]; }
# The bytes behind the last line that has ended.
unended() { if ends_line "$1"; then echo 0; else tail -n 1 "$1" | wc -c; fi; }
size_of() { stat -L -c %s "$1" 2> /dev/null || echo 0; }

[ -s "$dir/id" ] || keep id "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
read -r id < "$dir/id"
[ -s "$dir/source" ] || keep source "$mode $input"
[ "$(cat "$dir/source")" = "$mode $input" ] || die "the spool $dir belongs to another input: $(cat "$dir/source")"

# `place` is what the newest piece reached: BUFFER:BYTES, or INODE:BYTES of a file that is followed. A piece is
# named NUMBER,PLACE: that it exists and how far it goes is one fact on the disk.
number=0 place=''
[ ! -s "$dir/position" ] || read -r number place < "$dir/position"
piece=$(ls "$dir/out")
if [ -n "$piece" ]; then number=${piece%%,*} place=${piece#*,}; fi
at=${place%%:*} offset=${place##*:}
[ -n "$place" ] || { at='' offset=0; }
pause=0 next_try=0 refused=0 ended='' complained=''

complain() { [ "$complained" = "$*" ] || say "$*"; complained=$*; }

# Standard input and the journal are first kept in numbered buffers, of which the newest holds `have` bytes.
nap=0.3 have=0
if [ "$mode" = stdin ] || [ "$mode" = journal ]; then
  mkdir -p "$dir/in" || die "cannot make the spool $dir"
  at=${at:-1}
  # A buffer that is gone was delivered; the next one is not to be taken for it.
  [ -e "$dir/in/$at" ] || [ "$offset" -eq 0 ] || { at=$((at + 1)) offset=0; }
  newest=$(ls "$dir/in" | sort -n | tail -n 1)
  newest=${newest:-$at}
  # What a killed predecessor did not read to the end of its line.
  [ "$mode" != stdin ] || ends_line "$dir/in/$newest" || echo >> "$dir/in/$newest"
  # A line that it had just moved to the newest buffer.
  for name in $(ls "$dir/in"); do
    [ "$name" = "$newest" ] || truncate -s "-$(unended "$dir/in/$name")" "$dir/in/$name" || die "cannot write to the spool $dir"
  done
  have=$(size_of "$dir/in/$newest")
  [ "$mode" != journal ] || nap=0.5
fi

is_full() {
  total=$have
  if [ "$newest" != "$at" ]; then
    total=0
    for name in $(ls "$dir/in"); do total=$((total + $(size_of "$dir/in/$name"))); done
  fi
  [ $((total / 1048576)) -ge "$limit" ]
}

# Whether the input has to: not when nothing is left to deliver, for then nothing would ever make room.
must_wait() {
  is_full || return 1
  [ -n "$piece" ] || cut_piece
  [ -n "$piece" ]
}

# From time to time, so that delivered buffers can go. A line that has not ended moves on: until the old buffer is cut
# it is in both, see above.
begin_buffer() {
  rest=$(unended "$dir/in/$newest")
  [ "$rest" -lt "$have" ] || return
  [ "$newest" != "$at" ] || [ $((have - rest)) -ge "$offset" ] || return
  if [ "$rest" -gt 0 ]; then
    tail -c "$rest" "$dir/in/$newest" > "$dir/rest.new" && mv "$dir/rest.new" "$dir/in/$((newest + 1))" &&
      truncate -s "-$rest" "$dir/in/$newest" || die "cannot write to the spool $dir"
  fi
  newest=$((newest + 1)) have=$rest
}

pull_stdin() {
  [ -z "$ended" ] || return
  if must_wait; then complain "the spool holds $limit MiB: the input waits"; return; fi
  dd bs=65536 count=64 iflag=nonblock status=none >> "$dir/in/$newest" 2> "$dir/error"
  status=$? trouble=''
  [ ! -s "$dir/error" ] || trouble=$(cat "$dir/error")
  case $trouble in *temporarily\ unavailable*) trouble='' ;; esac
  [ -z "$trouble" ] || die "cannot read or spool, lines may be lost: $trouble"
  after=$(size_of "$dir/in/$newest")
  if [ "$after" -gt "$have" ]; then
    have=$after worked=1
    [ "$have" -le 1048576 ] || begin_buffer
    return
  fi
  # Nothing came: for now, or for good.
  [ $status -eq 0 ] || return
  ended=1
  ends_line "$dir/in/$newest" || { echo >> "$dir/in/$newest" && have=$((have + 1)); }
}

pull_journal() {
  if must_wait; then complain "the spool holds $limit MiB: the journal waits"; return; fi
  if [ -e "$dir/in/$newest" ]; then cursor=$(tail -n 1 "$dir/in/$newest"); else cursor=$(cat "$dir/cursor" 2> /dev/null); fi
  cursor=${cursor#-- cursor: }
  if [ -z "$cursor" ] && [ -z "$all" ]; then
    # An empty journal has no cursor yet, and then all that comes is new.
    cursor=$(journalctl -q --no-pager -n 0 --show-cursor | tail -n 1)
    all=1
    [ -z "$cursor" ] || keep cursor "$cursor"
    return
  fi
  # shellcheck disable=SC2086
  journalctl -q --no-pager -o short-iso-precise --show-cursor ${cursor:+"--after-cursor=$cursor"} $input > "$dir/journal.new" 2> "$dir/error" ||
    { complain "journalctl: $(cat "$dir/error")"; return; }
  case $(tail -n 1 "$dir/journal.new") in
    '-- cursor: '*) ;;
    *) [ ! -s "$dir/journal.new" ] || complain 'journalctl gave no cursor'; return ;;
  esac
  [ "$(wc -l < "$dir/journal.new")" -gt 1 ] || return
  newest=$((newest + 1))
  mv "$dir/journal.new" "$dir/in/$newest" || die "cannot write to the spool $dir"
  have=$(size_of "$dir/in/$newest") worked=1
}

# Sets `from`, the file to go on reading at `offset` bytes; fails while there is nothing new.
find_buffer() {
  while :; do
    from=$dir/in/$at
    if [ "$at" -ge "$newest" ]; then [ "$have" -gt "$offset" ]; return; fi
    [ "$(size_of "$from")" -le "$offset" ] || return 0
    if [ -e "$from" ]; then
      [ "$mode" != journal ] || keep cursor "$(tail -n 1 "$from")"
      rm -f "$from"
    fi
    at=$((at + 1)) offset=0
  done
}

find_file() {
  set -- $(stat -L -c '%i %s' "$input" 2> /dev/null)
  if [ $# -ne 2 ]; then
    # All that it will hold when it comes is new.
    complain "there is no file $input yet" && all=1
    return 1
  fi
  if [ -z "$at" ]; then
    at=$1 offset=0
    if [ "$mode" = file ] && [ -z "$all" ]; then offset=$2; keep position "$number $at:$offset"; fi
  fi
  from=$input
  if [ "$at" = "$1" ]; then
    if [ "$2" -lt "$offset" ]; then say "$input was truncated: it is read from its beginning"; offset=0; fi
    [ "$2" -gt "$offset" ]
    return
  fi
  # Rotated: first the rest of the old file, then those between, by age.
  while :; do
    find_rotated
    if [ -z "$from" ]; then
      [ -n "$next" ] || return 1
      say "$input was replaced, the file before it is gone: what followed byte $offset of it is not sent"
      at=${next%% *} offset=0
      continue
    fi
    [ "$(size_of "$from")" -le "$offset" ] || return 0
    # As long as the new file is empty, the old one may still be written to.
    [ -n "$next" ] && { [ "${next#* }" != "$input" ] || [ -s "$input" ]; } || return 1
    at=${next%% *} offset=0
  done
}

# Sets `from`, the file with the inode `at`, and `next`, inode and name of the one after it. Without such a file
# `next` is the oldest that has grown since the last delivery.
find_rotated() {
  from='' next='' later=''
  set +f
  files=$(ls -1itrdL "$input" "$input".[0-9]* "$input"-[0-9]* 2> /dev/null)
  set -f
  while read -r inode name; do
    case $name in '' | *.gz | *.bz2 | *.xz | *.zst | *.zip) continue ;; esac
    if [ "$inode" = "$at" ]; then from=$name; continue; fi
    if [ -n "$from" ] && [ -z "$next" ]; then next="$inode $name"; fi
    if [ -z "$later" ] && { [ "$name" = "$input" ] || [ "$name" -nt "$dir/position" ]; }; then later="$inode $name"; fi
  done << END
$files
END
  [ -n "$from" ] || next=$later
}

# How many lines of the file `chunk` are whole; of sudo's log, up to the end of how many an event is.
whole_lines() {
  total=$(wc -l < "$dir/chunk")
  if [ "$mode" != sudo ]; then echo "$total"; return; fi
  head -n "$total" "$dir/chunk" | tac | {
    after=0
    while IFS= read -r line; do
      case $line in '}' | '    },') break ;; esac
      after=$((after + 1))
    done
    echo $((total - after))
  }
}

# Makes the next piece of what is new, if there is a whole line of it.
cut_piece() {
  case $mode in file | sudo) find_file ;; *) find_buffer ;; esac || return
  most=$chunk
  while :; do
    tail -c "+$((offset + 1))" "$from" | head -c "$most" > "$dir/chunk" || die "cannot write to the spool $dir"
    got=$(size_of "$dir/chunk")
    lines=$(whole_lines)
    if [ "$lines" -gt 0 ]; then
      head -n "$lines" "$dir/chunk" > "$dir/piece.new" || die "cannot write to the spool $dir"
      break
    fi
    # A rotated file gets no more once there is a new one, and a line beyond reason goes as it is.
    if [ "$got" -lt "$most" ] && { [ "$from" = "$input" ] || [ ! -s "$input" ]; }; then return; fi
    if [ "$got" -lt "$most" ] || [ "$most" -gt 16777216 ]; then mv "$dir/chunk" "$dir/piece.new"; break; fi
    most=$((most * 2))
  done
  got=$(size_of "$dir/piece.new")
  [ "$got" -gt 0 ] || return
  number=$((number + 1)) offset=$((offset + got))
  piece=$number,$at:$offset
  mv "$dir/piece.new" "$dir/out/$piece" || die "cannot write to the spool $dir"
  worked=1
}

done_with_piece() {
  keep position "$number ${piece#*,}"
  "$@" || die "cannot write to the spool $dir"
  piece='' pause=0 next_try=0 worked=1 complained=''
}

retry_after() {
  while IFS=': ' read -r name value; do
    case $name in
      [Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr])
        value=${value%"$(printf '\r')"}
        case $value in '' | *[!0-9]* | ?????*) ;; *) echo "$value" ;; esac
        ;;
    esac
  done < "$dir/answer-head"
}

send_piece() {
  if [ -n "$tokenfile" ]; then token=$(cat "$tokenfile"); else token=${DAYBOOK_TOKEN:-}; fi
  [ -n "$token" ] || complain 'there is no token: see -t'
  # In a file, not among curl's arguments, which everybody on the machine can see.
  printf 'Authorization: Bearer %s\nIdempotency-Key: %s-%s\nContent-Type: %s\nExpect:\n' \
    "$token" "$id" "$number" "$type" > "$dir/headers" || die "cannot write to the spool $dir"
  : > "$dir/answer-head"
  status=$(curl -sS -X POST -H "@$dir/headers" --data-binary "@$dir/out/$piece" --connect-timeout 10 --max-time 60 \
    -o "$dir/answer" -D "$dir/answer-head" -w '%{http_code}' "$url" 2> "$dir/error") || status=000
  case $status in
    2??)
      done_with_piece rm -f "$dir/out/$piece"
      return
      ;;
    400 | 413 | 415 | 422)
      refused=$((refused + 1))
      say "REFUSED with $status, kept as $dir/refused/$id-$number: $(head -c 500 "$dir/answer")"
      done_with_piece mv "$dir/out/$piece" "$dir/refused/$id-$number"
      return
      ;;
    000) complain "cannot reach $url: $(head -c 300 "$dir/error")" ;;
    *) complain "$url answers $status: $(head -c 300 "$dir/answer")" ;;
  esac
  told=$(retry_after)
  if [ -z "$told" ]; then
    pause=$((pause == 0 ? 1 : pause * 2))
    [ $pause -le 60 ] || pause=60
  fi
  next_try=$(($(date +%s) + ${told:-$pause}))
}

while :; do
  worked=''
  case $mode in stdin) pull_stdin ;; journal) pull_journal ;; esac
  [ -n "$piece" ] || cut_piece
  if [ -n "$piece" ] && { [ "$next_try" -eq 0 ] || [ "$(date +%s)" -ge "$next_try" ]; }; then send_piece; fi
  if [ -z "$worked" ]; then
    if [ -n "$ended" ] && [ -z "$piece" ]; then [ "$refused" -eq 0 ]; exit; fi
    sleep $nap
  fi
done
