// SPDX-License-Identifier: GPL-2.0-only
/* Direct rules: the unblocked activation takes the VP by itself. */
#include "harness.h"

static struct spinner spinner;

static void expect_quiet(pid_t displaced)
{
	unsigned int i, quiet = 0;

	for (i = 0; i < event_count; i++)
		quiet += event_log[i].event.type == ACT_EVENT_UNBLOCK &&
			 (pid_t)event_log[i].event.id == s.id &&
			 event_log[i].event.flags & ACT_EVENT_F_QUIET;
	CHECK_EQ(quiet, 1);
	CHECK_EQ(events(ACT_EVENT_PREEMPT, displaced), 1);
	CHECK_EQ(events(ACT_EVENT_RESTART, s.id), 1);
}

/* The sleeper and the spinner beside each other, and a rule for the sleeper. */
static void direct(unsigned int rule, int sleeper_prio, int spinner_prio, bool takes_over,
		   int sleeper_cpu, int spinner_cpu)
{
	pid_t computing;

	start((struct act_options){ .vps = 1, .spares = 3 });
	act_pages->prio = sleeper_prio;
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_pages->prio = spinner_prio;
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	computing = spinner.id;
	if (sleeper_cpu != spinner_cpu) {
		pin_to(s.id, sleeper_cpu);
		pin_to(computing, spinner_cpu);
	}
	act_pages->first = s.id;
	act_pages->prio = spinner_prio;
	act_pages->direct = rule;
	wake(&s);
	WAIT_FOR(s.stage == 2);
	if (takes_over)
		CHECK(act_pages->nr_direct == 1);
	else
		CHECK(act_pages->nr_direct == 0);
	WAIT_FOR(advances(&spinner));
	if (takes_over)
		expect_quiet(computing);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	check_log();
}

TEST(direct_first, "direct, FIRST: the named activation takes the VP by itself")
{
	direct(ACT_DIRECT_FIRST, 0, 0, true, 0, 0);
}

TEST(direct_always, "direct, ALWAYS: any unblocked one does")
{
	direct(ACT_DIRECT_ALWAYS, 0, 0, true, 0, 0);
}

TEST(direct_prio, "direct, PRIO: one with a higher priority does")
{
	direct(ACT_DIRECT_PRIO, 5, 1, true, 0, 0);
}

TEST(direct_low_prio, "direct, PRIO: one with a lower priority does not")
{
	direct(ACT_DIRECT_PRIO, 1, 5, false, 0, 0);
}

TEST(direct_same_prio, "direct, PRIO: nor one with the same")
{
	direct(ACT_DIRECT_PRIO, 3, 3, false, 0, 0);
}

TEST(direct_elsewhere, "direct works when the current is on another processor")
{
	if (cpus() < 2)
		skip("one processor");
	direct(ACT_DIRECT_ALWAYS, 0, 0, true, 1, 0);
}

TEST(direct_unknown, "an unknown rule means none")
{
	direct(77, 0, 0, false, 0, 0);
}

TEST(direct_revoked, "a direct rule gives a revoked VP to the unblocked one")
{
	start((struct act_options){ .vps = 1, .spares = 3, .direct = ACT_DIRECT_ALWAYS });
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	usleep(20000);
	wake(&s);
	WAIT_FOR(s.stage == 2);
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}

TEST(direct_prio_revoked, "direct, PRIO: a revoked VP goes to the unblocked one, whatever its priority")
{
	start((struct act_options){ .vps = 1, .spares = 3, .direct = ACT_DIRECT_PRIO });
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	WAIT_FOR(state_of(act_pages->cur) == 'S');
	act_pages->prio = 5;
	wake(&s);
	WAIT_FOR(s.stage == 2);
	CHECK_EQ(act_pages->nr_direct, 1);
}

static struct sleeper again, gates[2];
static struct spinner spinners[2];

static void sleep_twice(void *unused)
{
	(void)unused;
	sleep_in_read(&s);
	sleep_in_read(&again);
}

static void sleep_then_spin(void *gate)
{
	sleep_in_read(gate);
	spin(&spinners[(struct sleeper *)gate - gates]);
}

TEST(direct_back, "who was displaced by a direct rule goes on before others that are ready longer")
{
	int i;

	start((struct act_options){ .vps = 1, .spares = 3 });
	make_sleeper(&s);
	make_sleeper(&again);
	act_spawn(sleep_twice, NULL);
	WAIT_FOR(ASLEEP(&s));
	for (i = 0; i < 2; i++) {
		make_sleeper(&gates[i]);
		act_spawn(sleep_then_spin, &gates[i]);
		WAIT_FOR(ASLEEP(&gates[i]));
	}
	for (i = 0; i < 2; i++) {
		wake(&gates[i]);
		WAIT_FOR(spinners[i].count);
	}
	CHECK_EQ(act_pages->cur, spinners[1].id);
	act_pages->direct = ACT_DIRECT_ALWAYS;
	again.id = s.id;
	wake(&s);
	WAIT_FOR(ASLEEP(&again));
	CHECK_EQ(act_pages->nr_direct, 1);
	WAIT_FOR(advances(&spinners[1]));
	CHECK_EQ(act_pages->cur, spinners[1].id);
	for (i = 1; i >= 0; i--) {
		spinners[i].stop = 1;
		WAIT_FOR(spinners[i].ended);
	}
}
