using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>A notebook around the library that records what is shown.</summary>
internal sealed class RecordingHost : INotebookHost
{
    private volatile MimeBundle? _last;

    public CancellationTokenSource Interrupt { get; } = new();

    public int Displays { get; private set; }

    public MimeBundle? Last => _last;

    public CancellationToken Interruption => Interrupt.Token;

    public Action<MimeBundle> Display(MimeBundle content)
    {
        Displays++;
        _last = content;
        return update => _last = update;
    }
}
