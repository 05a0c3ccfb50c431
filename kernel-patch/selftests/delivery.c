// SPDX-License-Identifier: GPL-2.0-only
/* The three ways to deliver an upcall, and what the interrupted code notices. */
#include "harness.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/timerfd.h>


/* --- injected ---------------------------------------------------------- */

struct registers {
	unsigned long general[15];	/* all but rsp */
	unsigned long flags;
	unsigned long red_zone[16];
	unsigned char vector[16];
};

/*
 * Loads every register, the flags and the red zone from *before, computes
 * for @rounds rounds without touching them (but for rcx, which counts), and
 * stores them all in *after.
 */
void registers_through_loop(const struct registers *before, struct registers *after,
			    unsigned long rounds);
asm(".globl registers_through_loop\n"
    ".type registers_through_loop, @function\n"
    "registers_through_loop:\n"
    "	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "	push %rsi\n"
    "	mov %rdx, loop_rounds(%rip)\n"
    /* the red zone */
    "	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
    "	mov 128 + 8 * \\n(%rdi), %rax\n"
    "	mov %rax, -128 + 8 * \\n(%rsp)\n"
    "	.endr\n"
    "	movdqu 256(%rdi), %xmm7\n"
    /* the flags, on a stack elsewhere */
    "	mov %rsp, loop_stack(%rip)\n"
    "	lea loop_other + 64(%rip), %rsp\n"
    "	push 120(%rdi)\n"
    "	mov 0(%rdi), %rax; mov 8(%rdi), %rbx; mov 24(%rdi), %rdx\n"
    "	mov 32(%rdi), %rsi; mov 48(%rdi), %rbp; mov 56(%rdi), %r8\n"
    "	mov 64(%rdi), %r9; mov 72(%rdi), %r10; mov 80(%rdi), %r11\n"
    "	mov 88(%rdi), %r12; mov 96(%rdi), %r13; mov 104(%rdi), %r14\n"
    "	mov 112(%rdi), %r15; mov 40(%rdi), %rdi\n"
    "	mov loop_rounds(%rip), %rcx\n"
    "	popfq\n"
    "	mov loop_stack(%rip), %rsp\n"
    "1:	loop 1b\n"
    "	mov %rsp, loop_stack_after(%rip)\n"
    "	lea loop_other + 64(%rip), %rsp\n"
    "	pushfq\n"
    "	cld\n"
    "	mov loop_stack(%rip), %rsp\n"
    "	mov %rdi, loop_rdi(%rip)\n"
    "	mov (%rsp), %rdi\n"
    "	mov %rax, 0(%rdi); mov %rbx, 8(%rdi); mov %rcx, 16(%rdi)\n"
    "	mov %rdx, 24(%rdi); mov %rsi, 32(%rdi); mov %rbp, 48(%rdi)\n"
    "	mov %r8, 56(%rdi); mov %r9, 64(%rdi); mov %r10, 72(%rdi)\n"
    "	mov %r11, 80(%rdi); mov %r12, 88(%rdi); mov %r13, 96(%rdi)\n"
    "	mov %r14, 104(%rdi); mov %r15, 112(%rdi)\n"
    "	mov loop_rdi(%rip), %rax; mov %rax, 40(%rdi)\n"
    "	mov loop_other + 56(%rip), %rax; mov %rax, 120(%rdi)\n"
    "	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
    "	mov -128 + 8 * \\n(%rsp), %rax\n"
    "	mov %rax, 128 + 8 * \\n(%rdi)\n"
    "	.endr\n"
    "	movdqu %xmm7, 256(%rdi)\n"
    "	pop %rsi\n"
    "	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "	ret\n"
    ".pushsection .bss\n"
    "loop_rounds: .skip 8\n"
    "loop_stack: .skip 8\n"
    "loop_rdi: .skip 8\n"
    ".globl loop_stack_after\n"
    "loop_stack_after: .skip 8\n"
    "	.skip 4096\n"		/* an upcall may come while the stack is here */
    "loop_other: .skip 64\n"
    "	.skip 64\n"
    ".popsection\n");

static volatile unsigned int upcalls, mismatches, loops;
static volatile int stop;
static volatile unsigned long lowest = ~0UL;
static const char *volatile difference;

ACT_UPCALL_CODE static void count_upcall(struct act_page *page, const struct act_event *event)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	(void)page;
	(void)event;
	upcalls++;
	if (here < lowest)
		lowest = here;
}

static void compare_registers(void *unused)
{
	struct registers before, after;
	struct act_page *page;
	unsigned int i;

	(void)unused;
	page = act_lock();
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 100000, 100000), 0);
	act_unlock(page);
	while (!stop) {
		for (i = 0; i < 15; i++)
			before.general[i] = 0x0101010101010101UL * (i + 1) + loops;
		before.general[2] = 0;	/* the loop counts rcx down */
		for (i = 0; i < 16; i++)
			before.red_zone[i] = 0xfeedface00000000UL + i + loops;
		memset(before.vector, loops, sizeof(before.vector));
		/* CF, PF, AF, ZF, SF, DF, OF in turn; bit 1 and IF are always set */
		before.flags = 0x202 | (loops & 1 ? 0xcd5 : 0);
		registers_through_loop(&before, &after, 20000);
		loops++;
		if (memcmp(before.general, after.general, sizeof(before.general)))
			mismatches++, difference = "general registers";
		if ((before.flags ^ after.flags) & 0xed7)
			mismatches++, difference = "flags";
		if (memcmp(before.red_zone, after.red_zone, sizeof(before.red_zone)))
			mismatches++, difference = "red zone";
		if (memcmp(before.vector, after.vector, sizeof(before.vector)))
			mismatches++, difference = "vector register";
	}
	page = act_lock();
	act_cntl(ACT_CNTL_TIMER, 0, 0);
	act_unlock(page);
	stop = 2;
}

TEST(registers, "an injected upcall leaves flags, registers and red zone as they were")
{
	start((struct act_options){ .vps = 1, .spares = 2, .on_event = count_upcall,
				    .delivery = ACT_DELIVER_INJECTED });
	act_spawn(compare_registers, NULL);
	WAIT_FOR(upcalls > 300 || mismatches);
	stop = 1;
	WAIT_FOR(stop == 2);
	if (mismatches)
		FAIL("%u of %u loops: %s changed", mismatches, loops, difference);
	CHECK(act_pages->nr_injected > 100);
	CHECK(act_pages->upcall & ACT_UPCALL_INJECTED);
}

static struct spinner spinner;

static void arm_and_spin(void *period)
{
	struct act_page *page = act_lock();

	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, (long)period, (long)period), 0);
	act_unlock(page);
	spin(&spinner);
	page = act_lock();
	act_cntl(ACT_CNTL_TIMER, 0, 0);
	act_unlock(page);
}

TEST(no_stacking, "upcalls that come faster than they are handled do not stack up")
{
	unsigned long first;

	start((struct act_options){ .vps = 1, .spares = 2, .on_event = count_upcall,
				    .delivery = ACT_DELIVER_INJECTED });
	act_spawn(arm_and_spin, (void *)ACT_TIMER_MIN);
	WAIT_FOR(upcalls > 20);
	first = lowest;
	WAIT_FOR(upcalls > 2000 || !advances(&spinner));
	CHECK(advances(&spinner));
	if (first - lowest > 1024)
		FAIL("the stack went %lu bytes deeper", first - lowest);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}

static void lock_and_unlock(void *unused)
{
	(void)unused;
	while (!stop) {
		struct act_page *page = act_lock();

		spinner.count++;
		act_unlock(page);
	}
	stop = 2;
}

TEST(lock_window, "a lock taken and released all the time loses no event")
{
	struct sleeper sleepers[8];
	int i, round;

	/* that none is forgotten must not be the merit of the bound */
	start((struct act_options){ .vps = 1, .spares = 3, .preempt = true,
				    .delivery = ACT_DELIVER_INJECTED,
				    .bound_ns = ACT_BOUND_MAX });
	act_spawn(lock_and_unlock, NULL);
	WAIT_FOR(spinner.count);
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 8; i++) {
			make_sleeper(&sleepers[i]);
			act_spawn(sleep_in_read, &sleepers[i]);
		}
		/* fresh threads start when the busy one lets them */
		stop = 1;
		WAIT_FOR(stop == 2);
		for (i = 0; i < 8; i++)
			WAIT_FOR(sleepers[i].stage == 1);
		stop = 0;
		act_spawn(lock_and_unlock, NULL);
		for (i = 0; i < 8; i++)
			wake(&sleepers[i]);
		for (i = 0; i < 8; i++) {
			WAIT_FOR(sleepers[i].stage == 2);
			close(sleepers[i].pipe[0]);
			close(sleepers[i].pipe[1]);
		}
	}
	stop = 1;
	WAIT_FOR(stop == 2);
	WAIT_UNBLOCKED(0);
	check_log();
}

static void wake_beside(struct act_options options)
{
	start(options);
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	CHECK_EQ(s.stage, 1);
	wake(&s);
	WAIT_FOR(s.stage == 2);
	WAIT_FOR(advances(&spinner));
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
	WAIT_UNBLOCKED(0);
	check_log();
}

TEST(injected_restart, "an injected upcall can restart the unblocked one at once, with KEEP")
{
	wake_beside((struct act_options){ .vps = 1, .spares = 3, .preempt = true,
					  .delivery = ACT_DELIVER_INJECTED });
	CHECK(act_pages->nr_injected >= 1);
}

TEST(switched_restart, "a switched upcall restarts it from a spare")
{
	wake_beside((struct act_options){ .vps = 1, .spares = 3 });
	CHECK(act_pages->nr_switched >= 1);
	CHECK_EQ(act_pages->nr_injected, 0);
}

TEST(delivery_pending, "with PENDING the current is not interrupted; it looks for itself")
{
	start((struct act_options){ .vps = 1, .spares = 3,
				    .delivery = ACT_DELIVER_PENDING });
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	wake(&s);
	WAIT_FOR(act_pages->pending);
	CHECK_EQ(act_pages->cur, spinner.id);
	spinner.stop = 1;
	WAIT_FOR(s.stage == 2);
}

TEST(injected_without_entry, "INJECTED without an entry becomes switched")
{
	struct act_options options = { .vps = 1, .spares = 3 };

	start(options);
	act_pages->delivery = ACT_DELIVER_INJECTED;
	make_sleeper(&s);
	act_spawn(sleep_in_read, &s);
	WAIT_FOR(ASLEEP(&s));
	act_spawn(spin, &spinner);
	WAIT_FOR(spinner.count);
	wake(&s);
	WAIT_FOR(s.stage == 2);
	CHECK_EQ(act_pages->nr_injected, 0);
	spinner.stop = 1;
	WAIT_FOR(spinner.ended);
}

/* --- rseq -------------------------------------------------------------- */

extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

static volatile unsigned int aborted, went_on;

/*
 * A restartable sequence that does nothing but wait for an upcall inside of it:
 * seeing one means that it was not restarted.
 */
static void sequences(void *unused)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
	struct act_page *page;
	unsigned int seen;

	(void)unused;
	page = act_lock();
	CHECK_EQ(act_cntl(ACT_CNTL_TIMER, 200000, 200000), 0);
	act_unlock(page);
	while (!stop) {
		seen = upcalls;
		asm goto(".pushsection .data.rel, \"aw\"\n"
			 "	.balign 32\n"
			 "9:	.long 0, 0\n"
			 "	.quad 1f, 2f - 1f, 4f\n"
			 ".popsection\n"
			 "	lea 9b(%%rip), %%rax\n"
			 "	mov %%rax, 8(%[area])\n"
			 "1:	mov $20000, %%ecx\n"
			 "3:	cmp %[seen], %[upcalls]\n"
			 "	jne %l[went_on_label]\n"
			 "	dec %%ecx\n"
			 "	jnz 3b\n"
			 "2:	jmp 5f\n"
			 "	.byte 0x0f, 0xb9, 0x3d\n"
			 "	.long 0x53053053\n"
			 "4:	jmp %l[aborted_label]\n"
			 "5:\n"
			 : : [area] "r"(area), [seen] "r"(seen), [upcalls] "m"(upcalls)
			 : "rax", "rcx", "memory", "cc"
			 : went_on_label, aborted_label);
		continue;
went_on_label:
		went_on++;
		continue;
aborted_label:
		aborted++;
	}
	stop = 2;
}

TEST(rseq, "an upcall inside a restartable sequence restarts the sequence")
{
	if (!&__rseq_size || !__rseq_size)
		skip("the C library registers no rseq area");
	start((struct act_options){ .vps = 1, .spares = 2, .on_event = count_upcall,
				    .delivery = ACT_DELIVER_INJECTED });
	act_spawn(sequences, NULL);
	WAIT_FOR(aborted > 50 || went_on > 3);
	stop = 1;
	WAIT_FOR(stop == 2);
	CHECK_EQ(went_on, 0);
}
