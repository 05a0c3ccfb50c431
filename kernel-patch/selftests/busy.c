// SPDX-License-Identifier: GPL-2.0-only
/* An application at work, for tests of what may happen to one. */
#include "harness.h"

struct busy busy;

static void pong(void *unused)
{
	char c;

	(void)unused;
	busy.ponger.id = my_tid();
	while (read(busy.ponger.pipe[0], &c, 1) == 1 && c == 'w')
		busy.pongs++;
	busy.ponger.stage = 2;
}

void busy_application(void)
{
	start((struct act_options){ .vps = 1, .spares = 3 });
	make_sleeper(&busy.ponger);
	act_spawn(pong, NULL);
	WAIT_FOR(busy.ponger.id && state_of(busy.ponger.id) == 'S');
	act_spawn(spin, &busy.computing);
	WAIT_FOR(busy.computing.count);
}

void end_busy(void)
{
	unsigned long before = busy.pongs;

	wake(&busy.ponger);
	WAIT_FOR(busy.pongs > before);
	WAIT_FOR(advances(&busy.computing));
	if (write(busy.ponger.pipe[1], "e", 1) != 1)
		FAIL("write");
	WAIT_FOR(busy.ponger.stage == 2);
	busy.computing.stop = 1;
	WAIT_FOR(busy.computing.ended);
	WAIT_UNBLOCKED(0);
	check_log();
	still_works();
}
