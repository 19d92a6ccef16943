#include <fmt/format.h>

#include "cli/report/figures.hpp"
#include "cli/report/svg.hpp"

namespace saltus {
namespace {

std::string section(const std::string& heading, const std::string& note,
                    const std::string& content) {
    return fmt::format("<section>\n<h2>{}</h2>\n<p class=\"note\">{}</p>\n{}</section>\n", heading,
                       note, content);
}

std::string summary(const Report& report) {
    std::string text = "<section>\n<dl class=\"headline\">\n";
    for (const KeyFigure& figure : report.headline) {
        text += fmt::format("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n",
                            escaped(figure.name), escaped(figure.value), escaped(figure.note));
    }
    text += "</dl>\n<table><tbody>\n";
    for (const auto& [name, value] : report.summary) {
        text += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name), escaped(value));
    }
    return text + "</tbody></table>\n</section>\n";
}

std::string learning_curve(const Report& report) {
    if (report.epochs.empty()) return {};
    return section("Learning curve",
                   "Figures of the training images are means over the epoch, while the weights "
                   "change; the test follows each epoch.",
                   fmt::format("<div class=\"pair\">\n<div>{}</div>\n<div>{}</div>\n</div>\n",
                               draw_accuracy_curve(report.epochs), draw_loss_curve(report.epochs)));
}

std::string confusion(const Report& report) {
    if (!report.test) return {};
    return section(
        "What is taken for what",
        "Each row holds the test images of one class, by the answer that the network gave. "
        "Blue cells are right answers, orange ones mistakes; the stronger the shade, the "
        "larger the part of the row.",
        draw_confusion_matrix(*report.test, report.class_names));
}

std::string example(const Report& report) {
    if (!report.example) return {};
    const ExampleActivity& activity = *report.example;
    const auto label = static_cast<std::size_t>(activity.image.label);
    const bool right = activity.answer == label;
    const std::string answer = fmt::format(
        "<p>The first test image is of class <span class=\"right-answer\">{}</span>; the network "
        "answers <span class=\"{}\">{}</span>.</p>\n",
        escaped(report.class_names.at(label)), right ? "right-answer" : "wrong-answer",
        escaped(report.class_names.at(activity.answer)));
    return section(
        "One image in the network",
        "Every mark is a spike. Below, the voltages that the answer is read from, in blue "
        "that of the image's class.",
        fmt::format("<div class=\"example\">\n{}{}</div>\n{}", draw_image(activity.image), answer,
                    draw_activity(activity, report.class_names)));
}

std::string weights(const Report& report) {
    if (report.weights.empty()) return {};
    std::string figures;
    for (const WeightHistory& history : report.weights) {
        figures += fmt::format("<div><h3>{}</h3>\n{}</div>\n", escaped(history.connection),
                               draw_weight_histogram(history));
    }
    const bool trained = !report.weights.front().before.empty();
    return section("Weights",
                   std::string("How many weights of each connection have which value") +
                       (trained ? ", before and after training." : ".") +
                       " The upright axis counts in powers of ten.",
                   "<div class=\"pair\">\n" + figures + "</div>\n");
}

}  // namespace

std::string render_page(const Report& report) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{0} \xe2\x80\x93 Saltus</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n"
        "<header>\n<p class=\"eyebrow\">{9}</p>\n<h1>{0}</h1>\n"
        "<p class=\"subtitle\">{2}</p>\n</header>\n{3}{4}{5}{6}{7}"
        "<details>\n<summary>What the network is compiled "
        "to</summary>\n<pre>{8}</pre>\n</details>\n"
        "</main>\n</body>\n</html>\n",
        escaped(report.title), kStyleSheet, escaped(report.subtitle), summary(report),
        learning_curve(report), confusion(report), example(report), weights(report),
        escaped(report.plan), escaped(report.kind));
}

}  // namespace saltus
