namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A lock that many threads may hold for reading or one for writing. Nobody starves: readers that come while a writer
/// waits stand behind it, and when a writer leaves, all readers that wait by then go before the next writer. So a
/// reader waits for one writer at most, and a writer for one crowd of readers for each writer before it.
/// </summary>
/// <remarks>
/// As POSIX's (<c>pthread_rwlock_t</c>), which leaves the rule open. A thread may hold it for reading several times and
/// gives it back as often; such a thread passes waiting writers, who would otherwise wait for it for ever. Asking for
/// writing with the lock in hand is an error (POSIX: <c>EDEADLK</c>).
/// </remarks>
public sealed class UserReaderWriterLock : SynchronizationObject
{
    // Who reads, and how often it has taken the lock.
    private readonly Dictionary<UserThread, int> _readers = [];
    private readonly ThreadQueue _waitingReaders = new(ofCore: true), _waitingWriters = new(ofCore: true);

    /// <summary>Makes a lock that nobody holds.</summary>
    public UserReaderWriterLock() => (Reading, Writing) = (new ForReading(this), new ForWriting(this));

    /// <summary>The thread that holds it for writing, or null.</summary>
    public UserThread? Writer { get; private set; }

    /// <summary>Number of threads that hold it for reading.</summary>
    public int Readers => _readers.Count;

    private protected override string? Use =>
        Writer is { } writer ? $"{writer.Name} holds it for writing" : Readers > 0 ? $"{string.Join(", ", _readers.Keys.Select(reader => reader.Name).Order())} holds it for reading" : null;

    internal IWaitable Reading { get; }

    internal IWaitable Writing { get; }

    /// <summary>Gives the lock back, for writing or for reading, whichever the thread holds.</summary>
    internal void Release(UserThread thread)
    {
        CheckUsable();
        if (Writer == thread)
        {
            Writer = null;
            if (_waitingReaders.Count > 0) AdmitReaders(thread.VirtualProcessor!);
            else AdmitWriter(thread.VirtualProcessor!);
            return;
        }
        if (!_readers.TryGetValue(thread, out var times)) throw new SynchronizationLockException($"Thread {thread.Name} does not hold the reader-writer lock.");
        if (times > 1) _readers[thread] = times - 1;
        else _readers.Remove(thread);
        if (_readers.Count == 0) AdmitWriter(thread.VirtualProcessor!);
    }

    private void AdmitReaders(VirtualProcessor vp)
    {
        while (_waitingReaders.Dequeue() is { } reader)
        {
            _readers.Add(reader, 1);
            reader.Scheduler.Announce(vp, reader);
        }
    }

    private void AdmitWriter(VirtualProcessor vp)
    {
        if (_waitingWriters.Dequeue() is not { } writer) return;
        Writer = writer;
        writer.Scheduler.Announce(vp, writer);
    }

    private string Describe() => Writer is { } writer
        ? $"a reader-writer lock that {writer.Name} holds for writing"
        : $"a reader-writer lock that {string.Join(", ", _readers.Keys.Select(reader => reader.Name).Order())} holds for reading";

    private sealed class ForReading(UserReaderWriterLock all) : IWaitable
    {
        public bool TryTake(UserThread thread)
        {
            if (all.EndsWait(thread)) return true;
            if (all.Writer == thread) throw new SynchronizationLockException($"Thread {thread.Name} holds the reader-writer lock for writing: it would wait for itself.");
            var times = all._readers.GetValueOrDefault(thread);
            if (times == 0 && (all.Writer is not null || all._waitingWriters.Count > 0)) return false;
            all._readers[thread] = times + 1;
            return true;
        }

        public void AddWaiter(UserThread thread) => all._waitingReaders.Enqueue(thread);

        public bool RemoveWaiter(VirtualProcessor vp, UserThread thread)
        {
            all._waitingReaders.Remove(thread);
            return true;
        }

        public string Describe() => all.Describe();
    }

    private sealed class ForWriting(UserReaderWriterLock all) : IWaitable
    {
        public bool TryTake(UserThread thread)
        {
            if (all.EndsWait(thread)) return true;
            if (all.Writer == thread || all._readers.ContainsKey(thread)) throw new SynchronizationLockException($"Thread {thread.Name} holds the reader-writer lock already: it would wait for itself.");
            if (all.Writer is not null || all._readers.Count > 0) return false;
            all.Writer = thread;
            return true;
        }

        public void AddWaiter(UserThread thread) => all._waitingWriters.Enqueue(thread);

        // Readers may have waited behind this writer only.
        public bool RemoveWaiter(VirtualProcessor vp, UserThread thread)
        {
            all._waitingWriters.Remove(thread);
            if (all.Writer is null && all._waitingWriters.Count == 0) all.AdmitReaders(vp);
            return true;
        }

        public string Describe() => all.Describe();
    }
}
