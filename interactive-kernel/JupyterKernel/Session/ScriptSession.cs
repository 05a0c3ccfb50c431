using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.CodeAnalysis;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Executes cells one after the other; what one defines, the later ones use.</summary>
/// <remarks>
/// It knows no front end: a Jupyter kernel and <c>lab run</c> give it an <see cref="ICellOutput"/> each.
/// One cell runs at a time; <see cref="Interrupt"/> may be called at any time from any thread.
/// </remarks>
internal sealed class ScriptSession : IDisposable
{
    private static int s_guarding;

    private readonly SubmissionChain _chain = new();
    private readonly CellCompiler _cellCompiler = new();
    private readonly ConcurrentDictionary<string, string> _sources = new();
    private readonly ChartLibrary _charts = new();
    private readonly StackTraceText _stackTraces;
    private readonly SemaphoreSlim _oneCell = new(1, 1);
    private readonly Lock _gate = new();
    private CellContext? _current;
    private CellThread? _running;

    public ScriptSession()
    {
        _stackTraces = new StackTraceText(_sources);
        CellConsole.Install();
        NotebookLibrary.RegisterFormatters();
        NotebookHost.Current = new SessionHost();
        KeepProcessAlive();
    }

    /// <summary>The cells so far, for those who complete and explain code.</summary>
    public SubmissionChain Chain => _chain;

    public async Task<CellOutcome> ExecuteAsync(Cell cell, ICellOutput output, ICellInput? input = null)
    {
        await _oneCell.WaitAsync();
        try
        {
            _sources[cell.Name] = cell.Source;
            var context = new CellContext(output, input, _charts, new CancellationTokenSource());
            lock (_gate)
                _current = context;
            var outcome = await Task.Run(() => ExecuteAsync(cell, context));
            context.StandardOutput.Flush();
            context.StandardError.Flush();
            return outcome;
        }
        catch (OperationCanceledException)
        {
            CellConsole.Renew();
            return new CellOutcome.Failed(CellError.Interrupted(cell.Name, _running?.IsLeftBehind ?? false));
        }
        finally
        {
            lock (_gate)
                (_current, _running) = (null, null);
            _oneCell.Release();
        }
    }

    /// <summary>Does what the first cell would otherwise wait for: loads the compiler and the libraries' descriptions.</summary>
    public static void WarmUp() => new SubmissionChain().Compile(new Cell("warm-up", "1 + 1"), CancellationToken.None);

    /// <summary>Stops the running cell, if one runs, whatever it does. Returns at once.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _current?.Interrupt();
            _running?.Interrupt();
        }
    }

    public void Dispose()
    {
        Interrupt();
        _oneCell.Dispose();
    }

    private async Task<CellOutcome> ExecuteAsync(Cell cell, CellContext context) => MagicLine.Of(cell.Source) switch
    {
        null => await RunAsync(cell, context),
        { IsPlainScript: true } => await RunAsync(cell with { Source = MagicLine.Hide(cell.Source) }, context),
        { } magic when MagicLine.CompiledKinds.TryGetValue(magic.Name, out var kind) => Compile(kind, cell, context),
        { } magic => new CellOutcome.Failed(UnknownMagic(cell.Name, magic)),
    };

    private async Task<CellOutcome> RunAsync(Cell cell, CellContext context)
    {
        Submission submission;
        try
        {
            submission = _chain.Compile(cell, context.Interruption);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            // The compiler can read what #r names, but it cannot be run: an assembly of nothing but declarations, say.
            return new CellOutcome.Failed(_stackTraces.ToError(exception));
        }

        if (submission.Start is null)
            return new CellOutcome.Failed(DiagnosticText.ToError(cell.Name, submission.Diagnostics));
        foreach (var loaded in submission.Compilation.SyntaxTrees.Where(tree => tree.FilePath != cell.Name))
            _sources[loaded.FilePath] = loaded.ToString();

        MimeBundle? result = null;
        var thread = CellThread.Start(cell.Name, context, async () =>
        {
            var value = await _chain.Start(submission);
            // What a handle stands for is shown already. Without a last expression a cell may still say return.
            if (value is not DisplayedValue && (submission.HasResult || value is not null))
                result = _charts.Complete(MimeFormatting.ToBundle(value));
        });
        lock (_gate)
        {
            _running = thread;
            // An interrupt that came while the cell was compiled has found no thread to stop.
            if (context.IsInterrupted)
                thread.Interrupt();
        }

        try
        {
            await thread.Ended;
            return new CellOutcome.Succeeded(result);
        }
        catch (OperationCanceledException) when (context.IsInterrupted)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever the cell throws is its outcome.
        catch (Exception exception)
        {
            return new CellOutcome.Failed(_stackTraces.ToError(exception));
        }
#pragma warning restore CA1031
    }

    private CellOutcome Compile(CellKind kind, Cell cell, CellContext context)
    {
        var compiled = _cellCompiler.Compile(kind, cell.Source, cell.Name);
        foreach (var warning in compiled.Diagnostics.Where(static diagnostic => !diagnostic.IsError))
            context.Output.WriteStandardError(string.Join('\n', DiagnosticText.Lines(cell.Name, warning)) + "\n");
        if (compiled.Image is null)
            return new CellOutcome.Failed(DiagnosticText.ToError(cell.Name, compiled.Diagnostics));
        _chain.Append(compiled);
        return new CellOutcome.Succeeded(MimeFormatting.Plain($"{string.Join(", ", compiled.TypeNames)} compiled."));
    }

    private static CellError UnknownMagic(string cellName, MagicLine magic)
    {
        var message = $"{cellName}, line 1: '#!{magic.Name}' is not known here. Cells begin with {string.Join(", ", MagicLine.CompiledKinds.Keys.Select(static name => "#!" + name))}, or with C#.";
        return new("UnknownMagic", message, [message]);
    }

    // A thread that a cell started and whose exception nobody catches would end the process, and every variable with it.
    private static void KeepProcessAlive()
    {
        if (Interlocked.Exchange(ref s_guarding, 1) != 0)
            return;
        ExceptionHandling.SetUnhandledExceptionHandler(static exception =>
        {
            Console.Error.WriteLine($"A thread that a cell started failed: {exception}");
            return true;
        });
    }
}
