using System.Runtime.CompilerServices;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What <see cref="CheckedSource"/> writes into cells, so that they can be stopped. Not for people to call.</summary>
public static class CellCheck
{
    // While nothing was ever interrupted, a loop pays for reading this and nothing else.
    private static volatile bool s_anyInterrupted;

    /// <summary>In every turn of a loop: ends the loop when its cell was interrupted.</summary>
    public static void Loop()
    {
        if (s_anyInterrupted)
            CellContext.Current?.ThrowIfInterrupted();
    }

    /// <summary>At the start of every function: endless recursion becomes an exception and not the kernel's end.</summary>
    public static void Call()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Loop();
    }

    internal static void Arm() => s_anyInterrupted = true;
}
