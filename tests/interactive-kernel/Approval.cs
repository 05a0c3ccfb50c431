using System.Runtime.CompilerServices;

namespace SchedulerActivations.InteractiveKernel.Tests;

/// <summary>Compares what a test got with an approved file beside it.</summary>
internal static class Approval
{
    /// <summary>On a difference the new text is left as *.received.*; approve it by renaming it.</summary>
    public static void Verify(string name, string text, [CallerFilePath] string test = "")
    {
        var approved = Path.Combine(Path.GetDirectoryName(test)!, "Approved", name);
        var received = Path.ChangeExtension(approved, ".received" + Path.GetExtension(approved));
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        Directory.CreateDirectory(Path.GetDirectoryName(approved)!);
        if (expected != text)
            File.WriteAllText(received, text);
        else
            File.Delete(received);
        Assert.Equal(expected, text);
    }
}
