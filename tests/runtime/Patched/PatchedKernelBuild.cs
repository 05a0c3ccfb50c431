using System.Diagnostics;

namespace SchedulerActivations.Tests.Patched;

/// <summary>What the patched machine's tests need of this computer.</summary>
internal static class PatchedKernelBuild
{
    private static readonly string? s_missing = Missing();

    /// <summary>Skips the test where the VM cannot be started, and says what to do about it.</summary>
    public static void SkipIfMissing() => Skip.If(s_missing is not null, s_missing);

    private static string? Missing()
    {
        if (!File.Exists("/usr/bin/qemu-system-x86_64")) return "QEMU is missing: apt-get install qemu-system-x86";
        using var build = Process.Start(new ProcessStartInfo(Path.Combine(Root(AppContext.BaseDirectory), "kernel-patch", "build"), ["path", "vm"]) { RedirectStandardOutput = true })!;
        build.WaitForExit();
        return build.ExitCode == 0 ? null : "The patched kernel is not built: make kernel";
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Notebooks.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
