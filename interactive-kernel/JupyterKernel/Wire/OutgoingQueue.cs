using SchedulerActivations.JupyterKernel.Messages;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Messages on their way to the thread that owns the sockets.</summary>
/// <remarks>
/// Text that follows text of the same cell and stream joins it while both wait. So a cell that writes faster than the
/// sockets take costs a few large messages and not a million small ones, and one that writes slowly is seen at once,
/// with no timer between.
/// </remarks>
internal sealed class OutgoingQueue(Action wake) : IMessageSender
{
    private const int LongestText = 64 * 1024;
    private readonly Lock _gate = new();
    private List<OutgoingMessage> _waiting = [];

    public void Send(OutgoingMessage message)
    {
        bool first;
        lock (_gate)
        {
            first = _waiting.Count == 0;
            if (first || !TryJoin(_waiting[^1], message, out var joined))
                _waiting.Add(message);
            else
                _waiting[^1] = joined;
        }

        if (first)
            WakeForCertain();
    }

    /// <summary>Takes everything that waits, in order.</summary>
    public IReadOnlyList<OutgoingMessage> TakeAll()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    // An interrupt of the writing cell may arrive just here; unwoken, the sender would leave everything to come unsent.
    private void WakeForCertain()
    {
        try
        {
            wake();
        }
        catch (ThreadInterruptedException)
        {
            wake();
            Thread.CurrentThread.Interrupt();
        }
    }

    private static bool TryJoin(OutgoingMessage last, OutgoingMessage next, out OutgoingMessage joined)
    {
        joined = last;
        if (last.Content is not StreamOutput before || next.Content is not StreamOutput after)
            return false;
        if (before.Name != after.Name || !ReferenceEquals(last.Parent, next.Parent) || before.Text.Length + after.Text.Length > LongestText)
            return false;
        joined = last with { Content = before with { Text = before.Text + after.Text } };
        return true;
    }
}
