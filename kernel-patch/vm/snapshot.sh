# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by run: snapshots of VMs in which a command waits prepared.  Each is a
# folder with the guest's memory ("ram", which QEMU maps and does not change)
# and the rest of its state ("state"); named after all that it was made from.

snapshots=$cache/vm/snapshots longest_preparation=120 new='' unkept=''

# Leaves in $snapshot where the snapshot of this very VM is, or is to be.
snapshot=''
find_snapshot()
{
	local path needed
	for path in "${prepares[@]}"; do
		[[ $path == /* && -e $path ]] || usage "--snapshot takes a whole path of what is there, not '$path'"
	done
	list_memory >"$job/memory"
	mapfile -t needed <"$job/memory"
	snapshot=$snapshots/$({
		printf '%s\n' "$kernel" "$guest" "$cpus" "$memory" "$icount" "$append" \
			${shares[@]+"${shares[@]}"} ${sockets[@]+"${sockets[@]%%=*}"} "${prepares[@]}"
		cat "$job/argv" "$job/env" "$job/uid" "$job/home"
		qemu-system-x86_64 --version
		# (The times at which they were changed can't be set, as those of their contents can.)
		find -L "${needed[@]}" "$kernel" "$here"/* -printf '%p %s %C@ %i\n'
	} | sha256sum | cut -c1-16)
}

# What the guest has while the command prepares, beside what every job has: for
# the libraries that programs below these paths need, and the users and the time zone.
list_memory()
{
	{
		printf '%s\n' "${prepares[@]}"
		find -L "${prepares[@]}" -type f \( -perm /111 -o -name '*.so' \) -print0 |
			xargs -0 ldd 2>/dev/null |
			awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/.*[^:]$" { print $1 }'
		ls -d /etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf /etc/localtime 2>/dev/null
	} | sort -u
}

# QEMU's options for memory in a folder's file; off: what the guest writes stays out of it.
memory_in()
{
	local size=$memory
	if [[ $size != *[MG] ]]; then size+=M; fi
	ram=(-object "memory-backend-file,id=ram,size=$size,mem-path=${1//,/,,}/ram,share=$2" -machine memory-backend=ram)
}

# Tells a guest that waits prepared to go on.
say_time() { date +%s.%N >&6; }

# Makes the snapshot, unless somebody else does; false where that does not work, and
# then $unkept if the guest may do without.
make_snapshot()
{
	answer='' unkept=1
	mkdir -p "$snapshots" && exec 4>"$snapshots/lock" || return
	if ! flock -n 4; then
		say 'waiting for another VM that is being prepared'
		# (A signal is heard during this wait, and not during a command; clean_up ends what is in streams.)
		setpriv --pdeathsig KILL flock 4 & streams=($!)
		wait "${streams[@]}"
		streams=()
	fi
	# What a launcher that was killed has left.
	rm -rf "$snapshots"/new.*
	if [[ ! -e $snapshot/state ]]; then keep_snapshot; fi
	exec 4>&-
	[[ -e $snapshot/state ]]
}

keep_snapshot()
{
	local space
	space=$(df --output=avail -BM "$snapshots" | tail -n 1)
	if ((${space%M} < 1024)); then
		say "no snapshot of the VM is kept: no gigabyte is free in $snapshots"
		return
	fi
	new=$(mktemp -d "$snapshots/new.XXXXXX") || return
	exec 8>"$new/state"
	prepare snapshot
	if [[ $answer == prepared ]]; then
		printf '%s\n' 'migrate_set_capability x-ignore-shared on' 'migrate "exec:cat >/proc/$PPID/fd/8"' 'info migrate' quit >&9
	fi
	await_end
	exec 8>&-
	if [[ $answer != prepared && $answer != gone ]] || ((ended == 124)); then unkept=''; fi
	# (What the kernel complains of is told of as ever: where no snapshot is kept.)
	if grep -qs '^Migration status: completed' "$job/monitor.out" && ! grep -qE "$complaint" "$job/console"; then
		rm -rf "$snapshot"	# half of one
		touch "$new"
		mv -T "$new" "$snapshot"
		# Those that were used longest ago.
		ls -dt "$snapshots"/*/ | grep -vxF "$snapshot/" | tail -n +6 | xargs -d '\n' -r rm -rf
	else
		rm -rf "$new"
	fi
	new=''
}

# Until the command waits prepared; ends it all where it does not say so, as it would not another time.
prepare()
{
	start "$1"
	if [[ $answer != started ]] || await_answer "$longest_preparation"; then return; fi
	kill "$qemu"
	await_end
	say "the command has not said within $longest_preparation s, on its descriptor 3, that it is prepared (or it has said more than 64 KiB elsewhere)"
	exit 3
}

# Goes on from the snapshot; false, and it is gone, where that does not work.
resume()
{
	[[ -e $snapshot/state ]] && { exec 8<"$snapshot/state"; } 2>/dev/null || return
	touch -c "$snapshot"
	start resumed
	exec 8<&-
	if [[ $answer == resumed ]]; then return; fi
	await_end
	if ((ended == 124)); then return; fi
	# What the guest has not read is not the command's.
	read -r -t 0.1 -u 5 _
	say "the VM does not go on from its snapshot: $status $(tail -n 1 "$job/qemu")"
	rm -rf "$snapshot"
	return 1
}

# As much without a snapshot.
prepare_and_go_on()
{
	prepare whole
	if [[ $answer == prepared ]]; then
		say_time
		await_answer 25 || kill "$qemu"
	fi
}
