using SchedulerActivations.Machines;
using System.ComponentModel;
using System.Diagnostics;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// Finds <c>kernel-patch/vm/run</c>, the one program that boots the patched kernel: in the repository that this library
/// was built in, else where the last <c>make kernel</c> of this user was.
/// </summary>
internal static class VmLauncher
{
    private static readonly string Program = Path.Combine("kernel-patch", "vm", "run");

    /// <exception cref="WorkerException">There is none.</exception>
    public static string Find()
    {
        for (var folder = Path.GetDirectoryName(typeof(VmLauncher).Assembly.Location); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, Program))) return Path.Combine(folder, Program);
        var noted = Path.Combine(Cache, "launcher");
        if (File.Exists(noted) && File.ReadAllText(noted).Trim() is var path && File.Exists(path)) return path;
        throw new WorkerException(
            $"The launcher of the VM, {Program}, was not found above {AppContext.BaseDirectory}, and {noted} names none. Clone this project's repository and run 'make kernel' in it (six minutes, once).");
    }

    /// <summary>What is missing for a VM with these settings, and what to do; null when everything is there.</summary>
    public static string? Missing(VmSettings settings)
    {
        try
        {
            using var launcher = Process.Start(new ProcessStartInfo(Find(), ["--check", "--kernel", settings.Kernel]) { RedirectStandardError = true })!;
            var says = launcher.StandardError.ReadToEnd();
            launcher.WaitForExit();
            return launcher.ExitCode == 0 ? null : says.Trim();
        }
        catch (Exception exception) when (exception is WorkerException or Win32Exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Where kernels are kept; kernel-patch/build has the same rule.</summary>
    private static string Cache => Path.Combine(
        System.Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile, System.Environment.SpecialFolderOption.DoNotVerify), ".cache"),
        "scheduler-activations");
}
