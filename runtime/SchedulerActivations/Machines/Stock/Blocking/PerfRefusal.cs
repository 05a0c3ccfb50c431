using System.Globalization;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Stock;

/// <summary>Says in words why the kernel would not record context switches, and what a person can do about it.</summary>
internal static class PerfRefusal
{
    public const int Eperm = 1;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Eacces = 13;
    public const int Einval = 22;
    public const int Enfile = 23;
    public const int Emfile = 24;
    public const int Enosys = 38;

    private const string ParanoidPath = "/proc/sys/kernel/perf_event_paranoid";
    private const string RegionsOnly = "Blocking is seen in declared regions only.";

    public static string NotLinux => $"Context-switch records exist on Linux only. {RegionsOnly}";

    public static string NotOwnThread(int tid) =>
        $"Thread {tid} must open its own recorder: the first record has to be its leaving. {RegionsOnly}";

    public static string NoRecords =>
        $"The kernel opened a context-switch event but wrote no records into it, or out of order (an emulated kernel?). {RegionsOnly}";

    /// <summary>Explains a failed perf_event_open.</summary>
    /// <param name="errno">Its error.</param>
    /// <param name="paranoid">What <c>kernel.perf_event_paranoid</c> holds; null where it cannot be read.</param>
    public static string OfOpen(int errno, string? paranoid) => Sentence("perf_event_open", errno, errno switch
    {
        Eacces or Eperm when IsParanoid(paranoid) =>
            $"kernel.perf_event_paranoid is {paranoid}, which closes it to ordinary users; "
            + "'sudo sysctl kernel.perf_event_paranoid=2' opens it (or give the worker CAP_PERFMON)",
        Eacces =>
            "a security module (SELinux, AppArmor) forbids it; allow the class perf_event to this program",
        Eperm =>
            "a seccomp filter, as in a container, forbids it; start the container with a profile that allows "
            + "perf_event_open (Docker: --cap-add PERFMON, or --security-opt seccomp=FILE)",
        Enosys =>
            "this kernel has no perf_event_open (CONFIG_PERF_EVENTS is off, or the kernel is emulated, as by gVisor, "
            + "or we know no number for the call on this processor); use another kernel",
        Einval =>
            "this kernel does not know context-switch records with a chosen clock; Linux 4.3 is the first that does",
        Emfile or Enfile =>
            "no file descriptor is left; raise 'ulimit -n': each activation needs one",
        _ => "nothing is known about this error here",
    });

    /// <summary>Explains a failed mmap of the ring.</summary>
    public static string OfMap(int errno) => Sentence("mapping the ring of records", errno, errno switch
    {
        Eperm or Eagain or Enomem =>
            "this user's locked memory is used up (two pages for each activation); raise kernel.perf_event_mlock_kb or 'ulimit -l'",
        _ => "nothing is known about this error here",
    });

    public static string? ReadParanoid()
    {
        try
        {
            return File.ReadAllText(ParanoidPath).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Up to 2, a user may record his own threads without the kernel's part; Debian, Ubuntu and Android added 3 and 4.
    private static bool IsParanoid(string? paranoid) =>
        int.TryParse(paranoid, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var level) && level > 2;

    private static string Sentence(string call, int errno, string why) =>
        $"{call} was refused (errno {errno}: {Marshal.GetPInvokeErrorMessage(errno)}): {why}. {RegionsOnly}";
}
