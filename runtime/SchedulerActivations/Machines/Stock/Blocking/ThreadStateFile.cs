using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Machines.Stock;

/// <summary>The kernel's word on a thread's state now, from <c>/proc</c>: slow (microseconds), so asked before a report only.</summary>
internal sealed class ThreadStateFile : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly byte[] _text = new byte[96];

    public ThreadStateFile(int tid)
    {
        try
        {
            _file = File.OpenHandle($"/proc/self/task/{tid}/stat", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc: reports are not checked, so some come for threads that were just woken. That is allowed.
        }
    }

    /// <summary>False also where nobody knows: a report too many is allowed, one too few is not.</summary>
    public bool SaysRunnable()
    {
        if (_file is null)
            return false;
        try
        {
            var text = _text.AsSpan(0, RandomAccess.Read(_file, _text, 0));
            // "tid (name) S …": the name may hold parentheses and blanks, so the state is looked for behind the last one.
            var nameEnd = text.LastIndexOf((byte)')');
            return nameEnd >= 0 && nameEnd + 2 < text.Length && text[nameEnd + 2] == (byte)'R';
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _file?.Dispose();
}
