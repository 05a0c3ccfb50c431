# SPDX-License-Identifier: GPL-2.0-only
# Lines: kind (counted1, counted2, plain, smp), who (patched, unpatched), name, median,
# p90, p99, longest, samples.  Prints the tables and writes the records.
BEGIN { FS = "\t" }

{
	key = $1 SUBSEP $2 SUBSEP $3
	n = ++runs[key]
	p50[key, n] = $4; p90[key, n] = $5; p99[key, n] = $6; longest[key, n] = $7
}

# What was measured in each run, the least first, in v; answers how many there are.
function sorted(values, key, v,  n, i, j, t)
{
	n = runs[key]
	for (i = 1; i <= n; i++) v[i] = values[key, i] + 0
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return n
}

# The middle one; low and high: quartiles.
function middle(values, key,  n, v)
{
	n = sorted(values, key, v)
	low = high = 0
	if (!n) return 0
	low = v[int((n + 3) / 4)]; high = v[int((3 * n + 3) / 4)]
	return v[int((n + 1) / 2)]
}

function of(values, kind, name) { return middle(values, kind SUBSEP "patched" SUBSEP name) }
function unpatched(kind, name) { return middle(p50, kind SUBSEP "unpatched" SUBSEP name) }
function count(kind, name) { return runs[kind, "patched", name] + 0 }

# Relative: between the quartiles of the runs (smp), or between the two boots.
function spread(values, kind, name,  a, b)
{
	a = of(values, kind, name)
	if (kind == "smp") return a ? (high - low) / a : 0
	b = of(values, "counted2", name)
	return a && b ? (a > b ? a - b : b - a) / a : 0
}

function record(name, kind, ours, peer, theirs, n, s)
{
	if (ours <= 0 || theirs <= 0) return
	lines[++nr] = sprintf("{\"name\":\"%s@%s\",\"unit\":\"ns\",\"ours\":%.1f," \
		"\"peer\":\"%s\",\"peerValue\":%.1f,\"ratio\":%.3f,\"runs\":%d,\"spread\":%.4f}",
		name, kind == "smp" ? "smp" : "counted", ours, peer, theirs, theirs / ours, n, s)
	printf "  %-38s %12.0f  %-15s %12.0f %9.2f %8.1f %%\n",
		name "@" (kind == "smp" ? "smp" : "counted"), ours, peer, theirs,
		theirs / ours, 100 * s
}

# What the emulator adds to an interrupt with two processors, 0 or 44 us, changes with
# the process and not within it: so there it is the least of the runs, or the next one.
function lost(kind, name, place,  v)
{
	if (kind != "smp") return of(p50, kind, name)
	sorted(p50, kind SUBSEP "patched" SUBSEP name, v)
	return v[place]
}

function overhead_at(kind, name, place) { return lost(kind, name, place) - lost(kind, "regular", place) }
function overhead(kind, name) { return overhead_at(kind, name, 1) }

function tables(kind, title,  base, u, s, i, w)
{
	if (!count(kind, "regular")) return
	base = lost(kind, "regular", 1)
	u = overhead(kind, "upcall"); s = overhead(kind, "signal")
	printf "\n%s\n\n", title
	print  "Table 1: time lost to an interrupt       the paper (P4, 1.8 GHz)     here"
	printf "  regular path                           13.1 us                  %8.0f ns\n", base
	printf "  upcall                                 14.1 us  +1.0 us         %8.0f ns  +%.0f ns\n", base + u, u
	if (count(kind, "upcall-library"))
		printf "  the same with lib/'s scheduler                                  %8.0f ns  +%.0f ns\n", \
			lost(kind, "upcall-library", 1), overhead(kind, "upcall-library")
	printf "  signal handler                         16.5 us  +3.4 us         %8.0f ns  +%.0f ns\n", base + s, s
	if (count(kind, "event-pending"))
		printf "  (an event, no upcall: +%.0f ns; a signal that is ignored: +%.0f ns)\n",
			overhead(kind, "event-pending"), overhead(kind, "signal-ignored")
	printf "  the handler's overhead / the upcall's          3.4              %8.1f\n\n", u ? s / u : 0
	print  "Table 2: restart and system calls"
	printf "  upcall overhead                         1.0  us                 %8.0f ns\n", u
	printf "  getpid                                  0.92 us                 %8.0f ns\n", of(p50, kind, "getpid")
	printf "  restart of an unblocked activation      2.17 us                 %8.0f ns\n", of(p50, kind, "restart")
	printf "  futex hand-over                         -                       %8.0f ns\n", of(p50, kind, "futex-handover")
	printf "  eventfd hand-over                       -                       %8.0f ns\n", of(p50, kind, "eventfd")
	printf "  SIGIO                                   -                       %8.0f ns\n\n", of(p50, kind, "sigio")
	print  "From the timer being due to the blocked thread's code, ns (the number: computing ones beside)"
	printf "  %-30s %10s %10s %10s %10s\n", "", "median", "p90", "p99", "longest"
	for (i = 1; i in wakes; i++) {
		w = wakes[i]
		if (count(kind, w))
			printf "  %-30s %10.0f %10.0f %10.0f %10.0f\n", substr(w, 6),
				of(p50, kind, w), of(p90, kind, w), of(p99, kind, w), of(longest, kind, w)
	}
}

END {
	split("switched injected direct", modes, " ")
	split("wake-kernel-thread-32 wake-switched-32 wake-injected-32 wake-direct-32 " \
	      "wake-kernel-thread+-32 wake-switched+-32 wake-injected+-32 wake-direct+-32 " \
	      "wake-switched-1 wake-injected-1 wake-direct-1 " \
	      "wake-switched-100 wake-injected-100 wake-direct-100 " \
	      "wake-kernel-thread/foreign-1 wake-switched/foreign-1 " \
	      "wake-injected/foreign-1 wake-direct/foreign-1 " \
	      "wake-kernel-thread/foreign-32 wake-switched/foreign-32 " \
	      "wake-injected/foreign-32 wake-direct/foreign-32", wakes, " ")
	split("pipe messaging fork-exit tick", plain, " ")

	tables("counted1", "COUNTED TIME: an instruction is a nanosecond")
	tables("smp", "TWO PROCESSORS, MULTI-THREADED EMULATION: medians of " \
	       count("smp", "restart") " runs (table 1: the least of " count("smp", "regular") \
	       " medians); + is pinned to one processor")

	printf "\n  %-38s %12s  %-15s %12s %9s %10s\n", "ns; a ratio above 1: ours is better",
		"ours", "peer", "peer's", "ratio", "spread"
	for (i = 1; i <= 2; i++) {
		kind = i == 1 ? "counted1" : "smp"
		n = i == 1 ? 2 : count(kind, "restart")
		if (!n) continue
		u = overhead(kind, "upcall")
		s = i == 1 ? overhead("counted2", "upcall") : overhead_at(kind, "upcall", 2)
		record("upcall-overhead", kind, u, "signal", overhead(kind, "signal"),
		       i == 1 ? n : count(kind, "upcall"), u ? (u > s ? u - s : s - u) / u : 0)
		record("restart", kind, of(p50, kind, "restart"), "futex-handover",
		       of(p50, kind, "futex-handover"), n, spread(p50, kind, "restart"))
		for (m = 1; m in modes; m++) {
			w = "wake-" modes[m] "-32"
			record("wake-to-user-" modes[m] "-p99", kind, of(p99, kind, w), "kernel-thread",
			       of(p99, kind, "wake-kernel-thread-32"), n, spread(p99, kind, w))
			w = "wake-" modes[m] "+-32"
			if (i == 2)
				record("wake-to-user-" modes[m] "-p99-pinned", kind, of(p99, kind, w),
				       "kernel-thread", of(p99, kind, "wake-kernel-thread+-32"), n,
				       spread(p99, kind, w))
		}
		from = i == 1 ? "plain" : kind
		for (m = 1; m in plain; m++) {
			theirs = unpatched(from, plain[m])
			ours = of(p50, from, plain[m])
			record(plain[m] "-patched", kind, ours, "unpatched", theirs,
			       count(from, plain[m]), ours ? (high - low) / ours : 0)
		}
	}
	printf "[\n" > out
	for (i = 1; i <= nr; i++) printf "  %s%s\n", lines[i], i < nr ? "," : "" > out
	printf "]\n" > out
}
