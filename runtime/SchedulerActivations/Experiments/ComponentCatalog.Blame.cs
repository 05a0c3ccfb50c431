using System.Diagnostics;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

// Whose fault an exception is.
public sealed partial class ComponentCatalog
{
    /// <summary>The exception as one that names the component, its cell and line; null where the component's code had no part in it.</summary>
    internal ComponentException? Blame(Component component, Exception exception)
    {
        var type = FindType(component);
        if (!TookPart(type, exception)) return null;
        var (cell, line) = PolicySource.Locate(type, "Define", exception);
        var where = line is null ? "" : $" ({cell}, line {line})";
        return new ComponentException($"{component.Name} threw {exception.GetType().Name}: {exception.Message}{where}", exception) { Cell = cell, Line = line };
    }

    // Of our own assembly only the component's own code counts, closures included: the rest of it runs in every stack.
    private static bool TookPart(Type type, Exception exception) =>
        new StackTrace(exception).GetFrames().Select(frame => frame.GetMethod()?.DeclaringType).Any(owner =>
            owner is not null && (type.Assembly == typeof(ComponentCatalog).Assembly
                ? owner == type || owner.DeclaringType == type
                : owner.Assembly == type.Assembly));
}
