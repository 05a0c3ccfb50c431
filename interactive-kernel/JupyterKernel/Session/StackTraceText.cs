using System.Diagnostics;
using System.Reflection;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Says what a cell has thrown and where, in the cells' own lines; the frames of libraries are left out.</summary>
internal sealed class StackTraceText(IReadOnlyDictionary<string, string> sourcesByCell)
{
    private const int MostFrames = 20;

    public CellError ToError(Exception exception)
    {
        exception = Unwrap(exception);
        return new(exception.GetType().Name, exception.Message, [.. Lines(exception, "")]);
    }

    // What only says that something else went wrong is left out: a newcomer wants the something else.
    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions.Count: 1 } aggregate => Unwrap(aggregate.InnerExceptions[0]),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    private IEnumerable<string> Lines(Exception exception, string prefix)
    {
        yield return $"{prefix}{exception.GetType().Name}: {exception.Message}";
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames()
            .Where(frame => frame.GetFileName() is { } cell && sourcesByCell.ContainsKey(cell))
            .ToList();
        for (var i = 0; i < frames.Count; i++)
        {
            // Endless recursion has ten thousand frames; how it began and how it ended says all.
            if (frames.Count > MostFrames && i == MostFrames / 2)
            {
                yield return $"   … {frames.Count - MostFrames} more …";
                i = frames.Count - (MostFrames / 2);
            }

            yield return Line(frames[i], frames[i].GetFileName()!, sourcesByCell[frames[i].GetFileName()!]);
        }

        if (exception.InnerException is { } inner)
        {
            foreach (var line in Lines(Unwrap(inner), "because of "))
                yield return line;
        }
    }

    private static string Line(StackFrame frame, string cell, string source)
    {
        var number = frame.GetFileLineNumber();
        var text = source.Split('\n').ElementAtOrDefault(number - 1)?.Trim();
        var function = frame.GetMethod() is { } method ? FunctionName(method) : null;
        var place = function is null ? $"   at {cell}, line {number}" : $"   at {cell}, line {number}, in {function}";
        return string.IsNullOrEmpty(text) ? place : $"{place}:  {text}";
    }

    // The compiler's names for state machines (<Name>d__1.MoveNext) and lambdas (<Name>b__0_1), turned back into Name.
    // The cell's own statements are the method <Initialize>; they need no name.
    private static string? FunctionName(MethodBase method)
    {
        var type = method.DeclaringType;
        var name = method.Name == "MoveNext" && type is { IsNested: true } ? type.Name : method.Name;
        if (name.Contains("<Initialize>", StringComparison.Ordinal) || name == "<Factory>")
            return null;
        if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
            name = name.Contains(">b__", StringComparison.Ordinal) ? $"a lambda of {name[1..end]}" : name[1..end];
        var owner = type;
        while (owner is not null && owner.Name.Contains('<', StringComparison.Ordinal))
            owner = owner.DeclaringType;
        return owner is null || owner.Name == SubmissionChain.ScriptClassName ? name : $"{owner.Name}.{name.TrimStart('.')}";
    }
}
