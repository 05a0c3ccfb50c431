using System.Globalization;

namespace SchedulerActivations.Notebook;

/// <summary>A duration as people read it: three digits and the unit that fits.</summary>
internal static class DurationText
{
    private static readonly (double Nanoseconds, string Name)[] s_units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")];

    public static string Of(double nanoseconds)
    {
        if (nanoseconds == 0) return "0";
        // 999.9 µs rounds to 1 ms and not to 1000 µs.
        var (size, name) = s_units.FirstOrDefault(unit => Math.Abs(nanoseconds) >= unit.Nanoseconds * 0.9995, s_units[^1]);
        var value = nanoseconds / size;
        var digits = Math.Abs(value) >= 99.95 ? 0 : Math.Abs(value) >= 9.995 ? 1 : 2;
        return value.ToString(size == 1 ? "F0" : "F" + digits, CultureInfo.InvariantCulture) + " " + name;
    }

    public static string Of(TimeSpan duration) => Of(duration.Ticks * 100.0);
}
