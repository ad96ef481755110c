"""How well what is written stands out, measured in the page: scripts to evaluate there."""

__all__ = ["CONTRASTS", "LUMINANCE"]

LUMINANCE = """
const luminance = (color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).slice(0, 3).map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
"""

# The ratio of WCAG 2 for every element with words of its own, as it is shown; but for what a selector leaves out.
CONTRASTS = (
    "(without) => {"
    + LUMINANCE
    + """
    const behind = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : color;
    };
    const found = [];
    for (const element of document.querySelectorAll("body, body *")) {
        const words = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
        if (!words.length || !element.getClientRects().length || element.closest(without)) continue;
        const [low, high] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => a - b);
        const kind = element.tagName.toLowerCase() + (element.className ? `.${element.className}` : "");
        found.push([kind, (high + 0.05) / (low + 0.05), words[0].data.trim().slice(0, 40)]);
    }
    return found;
}"""
)
