# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by run: snapshots of VMs in which a command waits prepared.  Each is a
# folder with the guest's memory ("ram", which QEMU maps and does not change)
# and the rest of its state ("state"); named after all that it was made from.

snapshots=$cache/vm/snapshots longest_preparation=120 new=''

# Leaves in $snapshot where the snapshot of this very VM is, or is to be.
snapshot=''
find_snapshot()
{
	local path
	for path in "${prepares[@]}"; do
		[[ $path == /* && -e $path ]] || usage "--snapshot takes a whole path of what is there, not '$path'"
	done
	snapshot=$snapshots/$({
		printf '%s\n' "$kernel" "$guest" "$cpus" "$memory" "$icount" "$append" \
			${shares[@]+"${shares[@]}"} ${sockets[@]+"${sockets[@]%%=*}"} "${prepares[@]}"
		cat "$job/argv" "$job/env" "$job/uid" "$job/home"
		qemu-system-x86_64 --version
		# (The cache of libraries is written anew when one of them changes.)
		find -L "${prepares[@]}" /etc/ld.so.cache -printf '%p %s %T@ %i\n'
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

# Makes the snapshot, unless somebody else does; false where that does not work.
make_snapshot()
{
	mkdir -p "$snapshots" && exec 4>"$snapshots/lock" || return
	flock 4
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
	list_memory >"$job/memory"
	exec 8>"$new/state"
	start snapshot
	if [[ $answer == started ]]; then await_answer "$longest_preparation"; fi
	if [[ $answer == prepared ]]; then
		printf '%s\n' 'migrate_set_capability x-ignore-shared on' 'migrate "exec:cat >/proc/$PPID/fd/8"' 'info migrate' quit >&9
	else
		kill "$qemu" 2>/dev/null
	fi
	await_end
	exec 8>&-
	if grep -qs '^Migration status: completed' "$job/monitor.out"; then
		mv -T "$new" "$snapshot"
		# Those that were used longest ago.
		ls -dt "$snapshots"/*/ | tail -n +7 | xargs -d '\n' -r rm -rf
	else
		rm -rf "$new"
	fi
	new=''
}

# Goes on from the snapshot; false, and it is gone, where that does not work.
resume()
{
	touch "$snapshot"
	exec 8<"$snapshot/state"
	start resumed
	exec 8<&-
	if [[ $answer == resumed ]]; then
		pass_input_on
		return
	fi
	await_end
	# What the guest has not read is not the command's.
	read -r -t 0.1 -u 5 _
	say "the VM does not go on from its snapshot: $status $(tail -n 1 "$job/qemu")"
	rm -rf "$snapshot"
	return 1
}

# As much without a snapshot.
prepare_and_go_on()
{
	list_memory >"$job/memory"
	start whole
	if [[ $answer == started ]]; then await_answer "$longest_preparation" || kill "$qemu"; fi
	if [[ $answer == prepared ]]; then
		say_time
		await_answer 25 || kill "$qemu"
	fi
	if [[ $answer == resumed ]]; then pass_input_on; fi
}
