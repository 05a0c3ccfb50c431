using System.Text;
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

    // The last message's text with what has joined it; empty while nothing has.
    private readonly StringBuilder _joined = new();

    public void Send(OutgoingMessage message)
    {
        bool first;
        lock (_gate)
        {
            first = _waiting.Count == 0;
            if (first || !TryJoin(_waiting[^1], message))
            {
                FinishLast();
                _waiting.Add(message);
            }
        }

        if (first)
            WakeForCertain();
    }

    /// <summary>Takes everything that waits, in order.</summary>
    public IReadOnlyList<OutgoingMessage> TakeAll()
    {
        lock (_gate)
        {
            FinishLast();
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

    private bool TryJoin(OutgoingMessage last, OutgoingMessage next)
    {
        if (last.Content is not StreamOutput before || next.Content is not StreamOutput after)
            return false;
        var length = Math.Max(_joined.Length, before.Text.Length);
        if (before.Name != after.Name || !ReferenceEquals(last.Parent, next.Parent) || length + after.Text.Length > LongestText)
            return false;
        if (_joined.Length == 0)
            _joined.Append(before.Text);
        _joined.Append(after.Text);
        return true;
    }

    private void FinishLast()
    {
        if (_joined.Length == 0)
            return;
        _waiting[^1] = _waiting[^1] with { Content = (StreamOutput)_waiting[^1].Content with { Text = _joined.ToString() } };
        _joined.Clear();
    }
}
