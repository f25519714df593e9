
# Words of policies, several with commas between them, hold colons, at which bash splits what is typed.
_spawn_words() {
  local line=${COMP_LINE:0:$COMP_POINT} typed before kept word
  if [[ ! $line =~ --iam-policy(=|[[:space:]]+)([^[:space:]]*)$ ]]; then
    _complete_spawn "$@"
    return
  fi
  typed=${line##*[[:space:]]}
  typed=${typed#--iam-policy=}
  before=${typed%"${typed##*,}"}
  kept=
  [[ $COMP_WORDBREAKS != *:* ]] || kept=${typed%"${typed##*:}"}
  COMPREPLY=()
  while read -r word; do
    COMPREPLY+=("${before}${word}")
  done < <(compgen -W 'WORDS' -- "${typed##*,}")
  [[ -z $kept ]] || COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}
complete -F _spawn_words -o default spawn
