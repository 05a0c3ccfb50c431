/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an injected upcall enters, and how it leaves without a system call.
 *
 * At entry the stack pointer is at a struct act_frame {vp, flags, ip} that ends
 * 128 bytes below the interrupted code's stack pointer; every register but ip,
 * sp and flags is the interrupted code's.  The C function preserves rbx, rbp
 * and r12 to r15; the rest is saved here, in memory that stays as it is until
 * the last register is back.  So an upcall that falls due between act_leave
 * and act_left can begin again at act_again, whatever was restored by then,
 * and no frame is stacked on another.
 */
#define SAVED 80

	.text
	.globl	act_entry, act_again, act_leave, act_left
	.type	act_entry, @function
act_entry:
	lea	-SAVED(%rsp), %rsp
	mov	%rax, 0(%rsp)
	mov	%rcx, 8(%rsp)
	mov	%rdx, 16(%rsp)
	mov	%rsi, 24(%rsp)
	mov	%rdi, 32(%rsp)
	mov	%r8, 40(%rsp)
	mov	%r9, 48(%rsp)
	mov	%r10, 56(%rsp)
	mov	%r11, 64(%rsp)
	mov	%rbp, 72(%rsp)
act_again:
	mov	SAVED(%rsp), %rdi	/* frame->vp */
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	act_injected		/* the page if the lock is held, or 0 */
	mov	%rbp, %rsp
act_leave:
	test	%rax, %rax
	jz	1f
	xor	%ecx, %ecx
	xchg	%ecx, 4(%rax)		/* page->lock, with a full barrier */
	cmpl	$0, 8(%rax)		/* page->pending */
	jne	act_again
1:	mov	0(%rsp), %rax
	mov	8(%rsp), %rcx
	mov	16(%rsp), %rdx
	mov	24(%rsp), %rsi
	mov	32(%rsp), %rdi
	mov	40(%rsp), %r8
	mov	48(%rsp), %r9
	mov	56(%rsp), %r10
	mov	64(%rsp), %r11
	mov	72(%rsp), %rbp
act_left:
	lea	SAVED+8(%rsp), %rsp	/* past frame->vp */
	popfq
	ret	$128
	.size	act_entry, . - act_entry

	.section .note.GNU-stack, "", @progbits
