namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// Reads a worker's output and notices silence: a read that gets nothing within the bound. The time in which nobody reads,
/// because a large result is being decoded, does not count.
/// </summary>
internal sealed class WatchedStream(Stream inner, TimeSpan bound, Action silent) : Stream
{
    private readonly Timer _timer = new(_ => silent());

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Arm(bound);
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Arm(Timeout.InfiniteTimeSpan);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        Arm(bound);
        try
        {
            return inner.Read(buffer, offset, count);
        }
        finally
        {
            Arm(Timeout.InfiniteTimeSpan);
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Arm(TimeSpan due)
    {
        try
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The conversation is over; nobody waits for words any more.
        }
    }
}
