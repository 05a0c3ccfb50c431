namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// Reads a worker's output and notices silence: a read that gets nothing within the bound. The time in which nobody reads,
/// because a large result is being decoded, does not count, nor does that in which the worker waits for an answer.
/// </summary>
internal sealed class WatchedStream(Stream inner, TimeSpan bound, Action silent) : Stream
{
    private readonly Patience _patience = new(bound, silent);
    private readonly object _gate = new();
    private bool _isRead, _isAnswered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Watch(ref _isRead, true);
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Watch(ref _isRead, false);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        Watch(ref _isRead, true);
        try
        {
            return inner.Read(buffer, offset, count);
        }
        finally
        {
            Watch(ref _isRead, false);
        }
    }

    /// <summary>Does what the worker has asked for and waits for.</summary>
    public void Answer(Action answer)
    {
        Watch(ref _isAnswered, true);
        try
        {
            answer();
        }
        finally
        {
            Watch(ref _isAnswered, false);
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
            _patience.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Watch(ref bool what, bool begins)
    {
        lock (_gate)
        {
            what = begins;
            if (_isRead && !_isAnswered) _patience.Begin();
            else _patience.Rest();
        }
    }
}
