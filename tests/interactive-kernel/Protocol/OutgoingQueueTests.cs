using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

public sealed class OutgoingQueueTests
{
    private readonly OutgoingQueue _queue;
    private int _woken;

    public OutgoingQueueTests() => _queue = new(() => _woken++);

    [Fact]
    public void Text_of_one_stream_joins_while_it_waits_and_the_sender_is_woken_once()
    {
        Write("stdout", "a");
        Write("stdout", "b");
        Write("stderr", "c");
        Write("stdout", "d");
        Assert.Equal(["stdout ab", "stderr c", "stdout d"], Texts());
        Assert.Equal(1, _woken);
    }

    [Fact]
    public void Another_message_between_keeps_text_apart()
    {
        Write("stdout", "a");
        _queue.Send(new(MessageChannel.IOPub, "status", null, new Status("idle")));
        Write("stdout", "b");
        Assert.Equal(3, _queue.TakeAll().Count);
    }

    [Fact]
    public void Joined_texts_stay_below_a_bound()
    {
        for (var i = 0; i < 100; i++)
            Write("stdout", new string('x', 10_000));
        Assert.All(Texts(), text => Assert.True(text.Length < 70_000));
    }

    [Fact]
    public void Joining_costs_what_is_added_and_not_what_is_there()
    {
        Write("stdout", new string('x', 30_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Write("stdout", "one more line\n");
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 500);
    }

    [Fact]
    public void What_was_taken_is_gone_and_the_next_message_wakes_again()
    {
        Write("stdout", "a");
        Assert.Single(_queue.TakeAll());
        Assert.Empty(_queue.TakeAll());
        Write("stdout", "b");
        Assert.Equal(2, _woken);
    }

    private void Write(string stream, string text) => _queue.Send(new(MessageChannel.IOPub, "stream", null, new StreamOutput(stream, text)));

    private List<string> Texts() => [.. _queue.TakeAll().Select(message => (StreamOutput)message.Content).Select(text => $"{text.Name} {text.Text}")];
}
